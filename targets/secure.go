package targets

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net"
	"net/http"
	"slices"
	"time"
)

// ErrSecure is the error of servers with TLS where they can't be had.
var ErrSecure = errors.New("certificates are made for this machine's loopback address, and the servers run in containers: use the runtime process")

// HTTPClient is [NewHTTPClient] for requests to the servers of the instance: it trusts their
// certificates, and shows the one that TLS has for this side.
func (i *Instance) HTTPClient(timeout time.Duration, idle int) *http.Client {
	c := NewHTTPClient(timeout, idle)
	c.Transport.(*http.Transport).TLSClientConfig = i.TLS
	return c
}

// authority is who signs the certificates of one arrangement, and of nothing else.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

// certificateLife is longer than any step.
const certificateLife = 24 * time.Hour

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := certificateOf("oauthmark, authority of one step")
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	made, err := x509.ParseCertificate(der)
	return &authority{made, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, err
}

func certificateOf(name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife), KeyUsage: x509.KeyUsageDigitalSignature}
}

// trust is how this process reaches the servers of the arrangement.
func (a *authority) trust() *tls.Config {
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	return &tls.Config{RootCAs: roots}
}

// secure has a service listen with TLS, and trust the authority where it asks others.
func (a *authority) secure(svc *Service) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := certificateOf(svc.Name)
	template.IPAddresses, template.ExtKeyUsage = []net.IP{net.IPv4(127, 0, 0, 1)}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	svc.Secrets = maps.Clone(svc.Secrets)
	maps.Copy(svc.Secrets, map[string][]byte{"authority": a.pem,
		"certificate": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		"key":         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})})
	svc.Command = append(slices.Clone(svc.Command), "--tls-cert", "${certificate}", "--tls-key", "${key}")
	env := map[string]string{"SSL_CERT_FILE": "${authority}"}
	maps.Copy(env, svc.Env)
	svc.Env, svc.TLS = env, a.trust()
	return nil
}

// SelfSigned makes a certificate for a client, which TLS shows that it has the key of. It is
// known by its hash (RFC 8705, section 3.1), and nobody has to vouch for it.
func SelfSigned(name string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := certificateOf(name)
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make the certificate of client %s: %w", name, err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
