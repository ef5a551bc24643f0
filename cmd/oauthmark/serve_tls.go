package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"sync"
)

// tlsFiles are the files of a listener with TLS.
type tlsFiles struct{ cert, key, clientCA string }

// transport is what a listener with TLS is served with; nil for one without.
type transport struct {
	config *tls.Config
	roots  *x509.CertPool // of clients' certificates
}

const tlsRemedy = "give a certificate and its private key in PEM, as 'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -out cert.pem -keyout key.pem' makes"

// load reads the files. The errors of crypto/tls tell nothing of a key.
func (f tlsFiles) load(verb string) (*transport, error) {
	switch {
	case f == tlsFiles{}:
		return nil, nil
	case f.cert == "" || f.key == "":
		return nil, usagef("%s: --tls-cert, --tls-key: one doesn't go without the other, nor --client-ca without both: %s", verb, tlsRemedy)
	}
	own, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return nil, usagef("%s: --tls-cert %s, --tls-key %s: %w: %s", verb, f.cert, f.key, err, tlsRemedy)
	}
	// RFC 8705, section 2.2: the certificate of self_signed_tls_client_auth has no chain to
	// verify, and most clients have no certificate at all. So one is asked for,
	// whatever it is, and whoever judges the client decides. TLS has shown that the
	// client has the key. Since one listener serves both, the metadata has no
	// mtls_endpoint_aliases (section 5), which are for those who need two.
	t := &transport{config: &tls.Config{Certificates: []tls.Certificate{own}, ClientAuth: tls.RequestClientCert}, roots: x509.NewCertPool()}
	if f.clientCA == "" {
		return t, nil
	}
	b, err := os.ReadFile(f.clientCA)
	if err != nil {
		return nil, usagef("%s: --client-ca: %w", verb, err)
	}
	if !t.roots.AppendCertsFromPEM(b) {
		return nil, usagef("%s: --client-ca %s: no certificate in it: give the certificates in PEM of those who sign the clients' ones", verb, f.clientCA)
	}
	return t, nil
}

// shown is what a connection's client certificate is worth, judged once.
type shown struct {
	once   sync.Once
	chains [][]*x509.Certificate
}

type shownKey struct{}

// connected gives each connection its judgement.
func (t *transport) connected(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, shownKey{}, new(shown))
}

// verified tells the handler the chains of the client's certificate, as crypto/tls would
// if it didn't end the connection of a client whose certificate has none.
func (t *transport) verified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, ok := r.Context().Value(shownKey{}).(*shown)
		if ok && r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
			s.once.Do(func() { s.chains = t.chains(r.TLS.PeerCertificates) })
			if s.chains != nil {
				state := *r.TLS
				state.VerifiedChains = s.chains
				r = r.WithContext(r.Context())
				r.TLS = &state
			}
		}
		next.ServeHTTP(w, r)
	})
}

// chains are those from a certificate to a root, for the authentication of a client.
func (t *transport) chains(presented []*x509.Certificate) [][]*x509.Certificate {
	between := x509.NewCertPool()
	for _, c := range presented[1:] {
		between.AddCert(c)
	}
	chains, err := presented[0].Verify(x509.VerifyOptions{
		Roots: t.roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		return nil
	}
	return chains
}
