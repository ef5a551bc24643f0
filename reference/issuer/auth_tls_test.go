package issuer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

// A real handshake, with a certificate that its own key has signed: good by its
// thumbprint for whoever asks for none, and by its subject where it is a root.
func TestMutualTLS(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "app"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(root)
	sum := sha256.Sum256(der)
	c := testConfig()
	c.Clients = append(c.Clients,
		Client{ID: "self", Auth: SelfSignedTLSClientAuth, Certificate: Certificate{SHA256: base64.RawURLEncoding.EncodeToString(sum[:])}, Form: "opaque", Scopes: []string{"read"}},
		Client{ID: "chain", Auth: TLSClientAuth, Certificate: Certificate{Subject: "CN=app"}, Form: "opaque", Scopes: []string{"read"}})
	i := newIssuer(t, c, newClock())
	for name, tc := range map[string]struct {
		policy tls.ClientAuthType
		shown  bool
		want   map[string]int
	}{
		"requested": {tls.RequestClientCert, true, map[string]int{"self": 200, "chain": 401}},
		"verified":  {tls.VerifyClientCertIfGiven, true, map[string]int{"self": 200, "chain": 200}},
		"not shown": {tls.RequestClientCert, false, map[string]int{"self": 401, "chain": 401}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(i)
			server.TLS = &tls.Config{ClientAuth: tc.policy, ClientCAs: roots}
			server.StartTLS()
			defer server.Close()
			browser := server.Client()
			if tc.shown {
				browser.Transport.(*http.Transport).TLSClientConfig.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
			}
			for id, want := range tc.want {
				res, err := browser.PostForm(server.URL+"/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {id}})
				if err != nil {
					t.Fatal(err)
				}
				res.Body.Close()
				if res.StatusCode != want {
					t.Errorf("%s: status %d, want %d", id, res.StatusCode, want)
				}
			}
		})
	}
}
