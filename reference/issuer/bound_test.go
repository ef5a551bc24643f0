package issuer

import (
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"net/url"
	"testing"
)

// RFC 8705, section 4: the tokens of a client that doesn't authenticate with its
// certificate are bound to it all the same, and a public client's refresh token, too.
func TestBoundCertificateOfAnyClient(t *testing.T) {
	t.Parallel()
	c := partyConfig()
	for n := range c.Clients {
		if id := c.Clients[n].ID; id == "public" || id == "app" {
			c.Clients[n].Bound = BoundMTLS
		}
	}
	for _, id := range []string{"app", "public"} {
		i := newIssuer(t, c, newClock())
		from := func(certificate string, v url.Values) *httptest.ResponseRecorder {
			q := ask("app", v)
			if id == "public" {
				v.Set("client_id", id)
				q = ask("", v)
			}
			r := q.http()
			if certificate != "" {
				r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{Raw: []byte(certificate)}}}
			}
			w := httptest.NewRecorder()
			i.ServeHTTP(w, r)
			return w
		}
		code := codeOf(visit(t, i, authorization(id)).Get("code"))
		wantProblem(t, from("", code), 400, "invalid_request")
		w := from("one", code) // the code wasn't spent
		if w.Code != 200 {
			t.Fatalf("%s: status %d: %s", id, w.Code, w.Body)
		}
		m := object(t, w)
		about := object(t, introspect(i, text(m, "access_token")))
		cnf, _ := about["cnf"].(map[string]any)
		if cnf["x5t#S256"] == nil || len(cnf) != 1 || m["token_type"] != "Bearer" {
			t.Errorf("%s: %v, %v", id, m["token_type"], about)
		}
		wantProblem(t, from("", refreshOf(text(m, "refresh_token"))), 400, "invalid_request")
		if w := from("another", refreshOf(text(m, "refresh_token"))); id == "public" {
			wantProblem(t, w, 400, "invalid_grant")
			if w := from("one", refreshOf(text(m, "refresh_token"))); w.Code != 200 {
				t.Errorf("the same certificate: status %d", w.Code)
			}
		} else if w.Code != 200 { // it has authenticated, and may have a new certificate
			t.Errorf("%s, another certificate: status %d", id, w.Code)
		}
	}
}
