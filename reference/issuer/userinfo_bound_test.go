package issuer

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/dpop"
)

// RFC 9449, sections 7.1 and 7.2: a token that is bound to a key needs a proof of it, for
// this token and this place.
func TestUserinfoDPoP(t *testing.T) {
	t.Parallel()
	for _, nonce := range []bool{false, true} {
		c := userConfig()
		c.DPoPNonce = nonce
		i := newIssuer(t, c, newClock())
		said := ""
		if nonce {
			said = i.nonces.At(i.now())
		}
		p, other := newProver(t), newProver(t)
		grant := merged(passwordOf("alice"), map[string][]string{"scope": {"openid"}})
		tok := text(granted(t, i, proving(ask("app", grant), p.prove(t, "dpop+jwt", nil, proofOf("0").with("nonce", said)))), "access_token")
		plain := text(granted(t, i, ask("app", grant)), "access_token")
		sum := sha256.Sum256([]byte(tok))
		proof := func(jti string) claims {
			return proofOf(jti).with("htm", "GET").with("htu", testIssuer+pathUserinfo).with("nonce", said).with("ath", base64.RawURLEncoding.EncodeToString(sum[:]))
		}
		good := p.prove(t, "dpop+jwt", nil, proof("1"))
		for _, c := range []struct {
			name, authorization, proof string
			status                     int
			code                       string
		}{
			{"as a bearer's", "Bearer " + tok, good, 401, `Bearer realm="oauthmark", error="invalid_token"`},
			{"no proof", "DPoP " + tok, "", 401, `DPoP error="invalid_dpop_proof"`},
			{"another key", "DPoP " + tok, other.prove(t, "dpop+jwt", nil, proof("2")), 401, `DPoP error="invalid_token"`},
			{"another token", "DPoP " + tok, p.prove(t, "dpop+jwt", nil, proof("3").with("ath", "x")), 401, `DPoP error="invalid_token"`},
			{"no ath", "DPoP " + tok, p.prove(t, "dpop+jwt", nil, proof("4").with("ath", nil)), 401, `DPoP error="invalid_token"`},
			{"of the token endpoint", "DPoP " + tok, p.prove(t, "dpop+jwt", nil, proof("5").with("htu", testIssuer+"/token")), 401, `DPoP error="invalid_dpop_proof"`},
			{"a bearer token", "DPoP " + plain, good, 401, `Bearer realm="oauthmark", error="invalid_token"`},
			{"good", "dpop " + tok, good, 200, ""},
			{"again", "DPoP " + tok, good, 401, `DPoP error="invalid_dpop_proof"`},
		} {
			q := request{method: "GET", path: pathUserinfo, media: "none", header: http.Header{"Authorization": {c.authorization}}}
			if c.proof != "" {
				q.header[dpop.Header] = []string{c.proof}
			}
			w := do(i, q)
			challenge := w.Header().Get("WWW-Authenticate")
			if w.Code != c.status || !strings.HasPrefix(challenge, c.code) || (c.code == "") != (challenge == "") {
				t.Errorf("%s: status %d, %s", c.name, w.Code, challenge)
			}
			if strings.HasPrefix(challenge, "DPoP") && !strings.Contains(challenge, `algs="RS256 `) {
				t.Errorf("%s: no algorithms in %s", c.name, challenge)
			}
		}
		if !nonce {
			continue
		}
		w := do(i, request{method: "GET", path: pathUserinfo, media: "none", header: http.Header{
			"Authorization": {"DPoP " + tok}, dpop.Header: {p.prove(t, "dpop+jwt", nil, proof("6").with("nonce", nil))}}})
		if w.Header().Get("DPoP-Nonce") != said || !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), `DPoP error="use_dpop_nonce"`) {
			t.Errorf("without the nonce: headers %v", w.Header())
		}
	}
}

// RFC 8705, section 3: a token that is bound to a certificate comes over a connection
// that shows it.
func TestUserinfoCertificate(t *testing.T) {
	t.Parallel()
	c := userConfig()
	for n := range c.Clients {
		if c.Clients[n].ID == "app" {
			c.Clients[n].Bound = BoundMTLS
		}
	}
	i := newIssuer(t, c, newClock())
	over := func(certificate string, r *http.Request) *httptest.ResponseRecorder {
		if certificate != "" {
			r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{Raw: []byte(certificate)}}}
		}
		w := httptest.NewRecorder()
		i.ServeHTTP(w, r)
		return w
	}
	m := object(t, over("one", ask("app", merged(passwordOf("alice"), map[string][]string{"scope": {"openid"}})).http()))
	for certificate, status := range map[string]int{"one": 200, "another": 401, "": 401} {
		q := request{method: "GET", path: pathUserinfo, media: "none", header: http.Header{"Authorization": {"Bearer " + text(m, "access_token")}}}
		if w := over(certificate, q.http()); w.Code != status {
			t.Errorf("certificate %q: status %d", certificate, w.Code)
		}
	}
}
