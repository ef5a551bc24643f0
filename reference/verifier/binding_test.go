package verifier

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/dpop"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// prover makes DPoP proofs with its key.
type prover struct {
	key        *ecdsa.PrivateKey
	thumbprint string
}

func newProver(t testing.TB) prover {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	thumbprint, err := keys.Thumbprint(keys.ES256, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return prover{key, thumbprint}
}

// prove makes a proof; changes come after, and nil takes a claim away.
func (p prover) prove(t testing.TB, now time.Time, id, target, token string, changes map[string]any) string {
	t.Helper()
	octets, err := p.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	said := jwt.MapClaims{"jti": id, "htm": "GET", "htu": target, "iat": now.Unix(), "ath": dpop.TokenHash(token)}
	for name, value := range changes {
		if said[name] = value; value == nil {
			delete(said, name)
		}
	}
	jwk := map[string]any{"kty": "EC", "crv": "P-256", "x": base64.RawURLEncoding.EncodeToString(octets[1:33]), "y": base64.RawURLEncoding.EncodeToString(octets[33:])}
	return sign(t, p.key, map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}, said)
}

func guardOf(t testing.TB, c *clock) *Guard {
	t.Helper()
	seen, err := dpop.NewReplays(1024, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return &Guard{Realm: "r", URL: testResource, Proofs: &dpop.Checker{Now: c.now, Seen: seen}}
}

// A token is worth what its sender proves, and no less is asked than it says.
func TestBinding(t *testing.T) {
	t.Parallel()
	c := newClock()
	p, other := newProver(t), newProver(t)
	leaf := &x509.Certificate{Raw: []byte("der")}
	shown := dpop.CertificateThumbprint(leaf)
	key := &claims.Confirmation{Thumbprint: p.thumbprint}
	certificate := &claims.Confirmation{Certificate: shown}
	both := &claims.Confirmation{Thumbprint: p.thumbprint, Certificate: shown}
	const target, token = testResource + "/resource", "t0k3n"
	proof := func(changes map[string]any) []string {
		return []string{p.prove(t, c.now(), "1", target, token, changes)}
	}
	good := proof(nil)
	for _, test := range []struct {
		name   string
		bound  *claims.Confirmation
		scheme string
		proofs []string
		cert   *x509.Certificate
		want   string // the error of the first challenge and how it starts; empty to be let in
	}{
		{"bearer", nil, "Bearer", nil, nil, ""},
		{"bearer with a proof", nil, "Bearer", good, nil, ""},
		{"bearer over mTLS", nil, "Bearer", nil, leaf, ""},
		{"bearer as DPoP", nil, "DPoP", good, nil, "DPoP invalid_token"},
		{"key", key, "DPoP", good, nil, ""},
		{"key, scheme in lower case", key, "dpop", good, nil, ""},
		{"key as bearer", key, "Bearer", nil, nil, "Bearer invalid_token"},
		{"key as bearer with a proof", key, "Bearer", good, nil, "Bearer invalid_token"},
		{"no proof", key, "DPoP", nil, nil, "DPoP invalid_dpop_proof"},
		{"two proofs", key, "DPoP", append(proof(nil), good...), nil, "DPoP invalid_dpop_proof"},
		{"empty proof", key, "DPoP", []string{""}, nil, "DPoP invalid_dpop_proof"},
		{"method", key, "DPoP", proof(map[string]any{"htm": "POST"}), nil, "DPoP invalid_dpop_proof"},
		{"method of the wrong type", key, "DPoP", proof(map[string]any{"htm": []int{1}}), nil, "DPoP invalid_dpop_proof"},
		{"URL of the wrong type", key, "DPoP", proof(map[string]any{"htu": 7}), nil, "DPoP invalid_dpop_proof"},
		{"URL with a query", key, "DPoP", proof(map[string]any{"htu": target + "?a=b#c"}), nil, ""},
		{"URL of another host", key, "DPoP", proof(map[string]any{"htu": "https://evil.example/resource"}), nil, "DPoP invalid_dpop_proof"},
		{"another token's", key, "DPoP", proof(map[string]any{"ath": dpop.TokenHash("another")}), nil, "DPoP invalid_token"},
		{"no ath", key, "DPoP", proof(map[string]any{"ath": nil}), nil, "DPoP invalid_token"},
		{"another key's", key, "DPoP", []string{other.prove(t, c.now(), "1", target, token, nil)}, nil, "DPoP invalid_token"},
		{"old", key, "DPoP", proof(map[string]any{"iat": c.now().Unix() - 61}), nil, "DPoP invalid_dpop_proof"},
		{"certificate", certificate, "Bearer", nil, leaf, ""},
		{"no certificate", certificate, "Bearer", nil, nil, "Bearer invalid_token"},
		{"another certificate", certificate, "Bearer", nil, &x509.Certificate{Raw: []byte("other")}, "Bearer invalid_token"},
		{"certificate as DPoP", certificate, "DPoP", good, leaf, "DPoP invalid_token"},
		{"both", both, "DPoP", good, leaf, ""},
		{"both without the certificate", both, "DPoP", good, nil, "DPoP invalid_token"},
		{"both without the proof", both, "DPoP", nil, leaf, "DPoP invalid_dpop_proof"},
		{"both as bearer", both, "Bearer", good, leaf, "Bearer invalid_token"},
		{"empty cnf", &claims.Confirmation{}, "Bearer", nil, leaf, "Bearer invalid_token"},
		{"empty cnf as DPoP", &claims.Confirmation{}, "DPoP", good, leaf, "DPoP invalid_token"},
		{"unknown member", &claims.Confirmation{Unknown: true}, "Bearer", nil, leaf, "Bearer invalid_token"},
		{"unknown member beside a key", &claims.Confirmation{Unknown: true, Thumbprint: p.thumbprint}, "DPoP", good, nil, "DPoP invalid_token"},
		{"unknown member beside a certificate", &claims.Confirmation{Unknown: true, Certificate: shown}, "Bearer", nil, leaf, "Bearer invalid_token"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			served := false
			guarded := Protect(scripted{claims.Claims{Confirmation: test.bound}, nil}, Route{Guard: guardOf(t, c)}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served = true }))
			request := httptest.NewRequest("GET", "http://elsewhere.example/resource?x=y", nil)
			request.Header = http.Header{"Authorization": {test.scheme + " " + token}, dpop.Header: test.proofs}
			if test.cert != nil {
				request.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{test.cert}}
			}
			response := httptest.NewRecorder()
			guarded.ServeHTTP(response, request)
			if test.want == "" {
				if !served || response.Code != 200 {
					t.Errorf("status %d: %v", response.Code, response.Header())
				}
				return
			}
			scheme, code, _ := strings.Cut(test.want, " ")
			lines := response.Header().Values("WWW-Authenticate")
			if served || response.Code != 401 || len(lines) != 2 || !strings.HasPrefix(lines[0], scheme+" ") ||
				!strings.Contains(lines[0], `, error="`+code+`", error_description="`) || strings.Contains(lines[1], "error") ||
				!strings.Contains(lines[0]+lines[1], `algs="RS256 `) {
				t.Errorf("served %t, status %d, %q", served, response.Code, lines)
			}
		})
	}
	// Without proofs, a token that needs one is refused, and the scheme isn't offered.
	guarded := Protect(scripted{claims.Claims{Confirmation: key}, nil}, Route{}, http.NotFoundHandler())
	request := httptest.NewRequest("GET", "/resource", nil)
	request.Header = http.Header{"Authorization": {"DPoP " + token}, dpop.Header: good}
	response := httptest.NewRecorder()
	if guarded.ServeHTTP(response, request); response.Code != 401 || strings.Contains(fmt.Sprint(response.Header()), "algs") {
		t.Errorf("without a guard: %d %v", response.Code, response.Header())
	}
}

// A proof is good once, and nonces are told with the first answer and before they end.
func TestBindingReplayAndNonce(t *testing.T) {
	t.Parallel()
	c := newClock()
	p := newProver(t)
	guard := guardOf(t, c)
	var err error
	if guard.Proofs.Nonces, err = dpop.NewNonces(rand.Reader); err != nil {
		t.Fatal(err)
	}
	guarded := Protect(scripted{claims.Claims{Confirmation: &claims.Confirmation{Thumbprint: p.thumbprint}}, nil}, Route{Guard: guard}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	ask := func(id, nonce string) *httptest.ResponseRecorder {
		request := httptest.NewRequest("GET", "/resource", nil)
		proof := p.prove(t, c.now(), id, testResource+"/resource", "t", map[string]any{"nonce": nonce})
		request.Header = http.Header{"Authorization": {"DPoP t"}, dpop.Header: {proof}}
		response := httptest.NewRecorder()
		guarded.ServeHTTP(response, request)
		return response
	}
	first := ask("1", "")
	nonce := first.Header().Get("DPoP-Nonce")
	if first.Code != 401 || nonce == "" || !strings.Contains(first.Header().Get("WWW-Authenticate"), `DPoP realm="r", algs=`) ||
		!strings.Contains(first.Header().Get("WWW-Authenticate"), `error="use_dpop_nonce"`) {
		t.Fatalf("status %d, %v", first.Code, first.Header())
	}
	if got := ask("1", nonce); got.Code != 200 || got.Header().Get("DPoP-Nonce") != "" {
		t.Errorf("with the nonce: status %d, %v", got.Code, got.Header())
	}
	if got := ask("1", nonce); got.Code != 401 || !strings.Contains(got.Header().Get("WWW-Authenticate"), `error="invalid_dpop_proof", error_description="the DPoP proof was used before"`) {
		t.Errorf("again: status %d, %v", got.Code, got.Header())
	}
	c.advance(dpop.NoncePeriod)
	if got := ask("2", nonce); got.Code != 200 || got.Header().Get("DPoP-Nonce") == "" || got.Header().Get("DPoP-Nonce") == nonce {
		t.Errorf("with the nonce before: status %d, %v", got.Code, got.Header())
	}
	// What can't be remembered isn't accepted, and isn't called bad.
	guard.Proofs.Seen, _ = dpop.NewReplays(16, c.now)
	full := 0
	for n := range 100 {
		switch got := ask(fmt.Sprint("flood ", n), guard.Proofs.Nonces.At(c.now())); got.Code {
		case 200:
		case 503:
			full++
		default:
			t.Fatalf("status %d", got.Code)
		}
	}
	if full < 100-16 {
		t.Errorf("%d of 100 were refused", full)
	}
}

// Whatever the strategy, a token that is bound to something is no bearer token.
func TestEveryStrategyRefusesTheDowngrade(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t)
	p := newProver(t)
	proved := map[string]bool{}
	for n, cnf := range []string{`{"jkt":"` + p.thumbprint + `"}`, `{"x5t#S256":"x"}`, `{"x5c":"x"}`, `{}`} {
		u.answer(200, `{"active":true,"client_id":"app","scope":"read","cnf":`+cnf+`}`)
		said := goodClaims(c.now())
		said["cnf"], said["n"] = jsonText(cnf), n
		jws := sign(t, testKeys().ec, goodHeader("ES256"), said)
		for _, s := range v.strategies {
			request := httptest.NewRequest("GET", "/"+s.name+"/resource", nil)
			request.Header.Set("Authorization", "Bearer "+jws)
			response := httptest.NewRecorder()
			v.ServeHTTP(response, request)
			if response.Code == 503 {
				continue // it asks the issuer in another way
			}
			if response.Code != 401 || !strings.Contains(response.Header().Get("WWW-Authenticate"), `error="invalid_token"`) {
				t.Errorf("%s, %s: status %d, %v", s.name, cnf, response.Code, response.Header())
			}
			if n > 0 || response.Header().Get("WWW-Authenticate") == "" || !strings.Contains(response.Header().Get("WWW-Authenticate"), string(claims.ReasonBinding)) {
				continue // the strategy doesn't take such a token, whoever sends it
			}
			request.Header.Set("Authorization", "DPoP "+jws)
			request.Header.Set("DPoP", p.prove(t, c.now(), s.name, testResource+request.URL.Path, jws, nil))
			response = httptest.NewRecorder()
			if v.ServeHTTP(response, request); response.Code != 200 {
				t.Errorf("%s with a proof: status %d, %v", s.name, response.Code, response.Header())
			}
			proved[s.name] = true
		}
	}
	if !proved[Introspect] || !proved[IntrospectCached] || !proved[Local] {
		t.Errorf("only %v were proved", proved)
	}
}

type jsonText string

func (s jsonText) MarshalJSON() ([]byte, error) { return []byte(s), nil }
