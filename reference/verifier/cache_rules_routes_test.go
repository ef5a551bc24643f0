package verifier

import (
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/oauthmark/oauthmark/reference/dpop"
)

// What is remembered of a token says nothing about where it may be used: the loose route
// that had it remembered opens no strict one, nor does a request that proved who sent it
// prove that of another.
func routesApart(t *testing.T, w *cachingWorld) {
	w = w.world(t, func(c *Config) {
		c.Routes = []Route{{Path: "/open"}, {Path: "/read", Scopes: []string{"read"}}, {Path: "/transfer", Scopes: []string{"read", "write"}, Risky: true}}
	})
	own, thief := &x509.Certificate{Raw: []byte("own")}, &x509.Certificate{Raw: []byte("thief")}
	free := w.mint(t, "free", "scope", "read")
	whole := w.mint(t, "whole", "scope", "write read")
	bound := w.mint(t, "bound", "scope", "read", "cnf", map[string]any{"x5t#S256": dpop.CertificateThumbprint(own)})
	byKey := w.mint(t, "by-key", "scope", "read", "cnf", map[string]any{"jkt": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"})
	foreign := w.mint(t, "foreign", "aud", "https://other.example")
	cases := []struct {
		token string
		shown *x509.Certificate
		wants [3]int // of /open, /read and /transfer
	}{
		{free, nil, [3]int{200, 200, 403}},
		{whole, thief, [3]int{200, 200, 200}},
		{bound, own, [3]int{200, 200, 403}},
		{bound, nil, [3]int{401, 401, 401}},
		{bound, thief, [3]int{401, 401, 401}},
		{byKey, own, [3]int{401, 401, 401}}, // as a bearer's, without a proof
		{foreign, own, [3]int{401, 401, 401}},
		{madeUp(0), own, [3]int{401, 401, 401}},
	}
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for n := range 300 {
				c, at := cases[(n+worker)%len(cases)], (n/len(cases)+worker)%3
				r := httptest.NewRequest("GET", "/"+w.name+[...]string{"/open", "/read", "/transfer"}[at], nil)
				r.Header.Set("Authorization", "Bearer "+c.token)
				if c.shown != nil {
					r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{c.shown}}
				}
				answer := httptest.NewRecorder()
				if w.verifier.ServeHTTP(answer, r); answer.Code != c.wants[at] {
					t.Errorf("case %d, route %d: %d, %s", (n+worker)%len(cases), at, answer.Code, answer.Header().Get("WWW-Authenticate"))
				}
			}
		})
	}
	group.Wait()
	if w.verifier.Counters().CacheHits == 0 {
		t.Error("nothing was remembered")
	}
}
