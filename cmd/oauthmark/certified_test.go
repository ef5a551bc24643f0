package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certified is a certificate with its key.
type certified struct {
	der []byte
	key *ecdsa.PrivateKey
}

// certify makes a certificate, signed by another or, without one, by itself.
func certify(t *testing.T, name string, by *certified) *certified {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"as.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: strings.HasSuffix(name, "CA"), BasicConstraintsValid: true,
	}
	parent, signer := template, key
	if by != nil {
		if parent, err = x509.ParseCertificate(by.der); err != nil {
			t.Fatal(err)
		}
		signer = by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	return &certified{der, key}
}

func (c *certified) thumbprint() string {
	sum := sha256.Sum256(c.der)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// files writes the certificate and its key.
func (c *certified) files(t *testing.T) (cert, key string) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write(t, cert, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.der})))
	write(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	return cert, key
}

// client shows a certificate, none when it has none, and trusts the server's.
func (c *certified) client(t *testing.T, shows *certified) *http.Client {
	t.Helper()
	own, err := x509.ParseCertificate(c.der)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AddCert(own)
	if shows != nil {
		config.Certificates = []tls.Certificate{{Certificate: [][]byte{shows.der}, PrivateKey: shows.key}}
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}
