package issuer

import (
	"encoding/json"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

// A library that had no part in making the token verifies it against the published
// keys, and finds in it what introspection says about it.
func TestIndependentVerification(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, testConfig(), clk)
	var set jose.JSONWebKeySet
	w := do(i, request{method: "GET", path: "/jwks"})
	if err := json.Unmarshal(w.Body.Bytes(), &set); err != nil {
		t.Fatal(err)
	}
	for _, alg := range []keys.Algorithm{keys.RS256, keys.ES256, keys.EdDSA} {
		t.Run(string(alg), func(t *testing.T) {
			t.Parallel()
			tok := obtain(t, i, string(alg), "&scope=read")
			parsed, err := jwt.ParseSigned(tok, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
			if err != nil {
				t.Fatal(err)
			}
			h := parsed.Headers[0]
			if typ := h.ExtraHeaders["typ"]; typ != token.Type {
				t.Errorf("typ %v, want %q", typ, token.Type)
			}
			found := set.Key(h.KeyID)
			if len(found) != 1 || found[0].Algorithm != string(alg) {
				t.Fatalf("%d published keys have the kid %q and the algorithm", len(found), h.KeyID)
			}
			var claims jwt.Claims
			var all map[string]any
			if err := parsed.Claims(found[0].Key, &claims, &all); err != nil {
				t.Fatal(err)
			}
			expected := jwt.Expected{
				Issuer: testIssuer, Subject: string(alg), AnyAudience: jwt.Audience{testResource}, Time: clk.now(),
			}
			if err := claims.ValidateWithLeeway(expected, 0); err != nil {
				t.Error(err)
			}
			said := object(t, introspect(i, tok))
			for _, name := range []string{"iss", "aud", "sub", "client_id", "scope", "iat", "exp", "jti"} {
				if all[name] == nil || all[name] != said[name] {
					t.Errorf("%s is %v in the token and %v in introspection", name, all[name], said[name])
				}
			}
			if all["azp"] != string(alg) || len(all) != 9 {
				t.Errorf("azp %v, %d claims: %v", all["azp"], len(all), all)
			}
		})
	}
}
