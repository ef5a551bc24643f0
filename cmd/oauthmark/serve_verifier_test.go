package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/dpop"
	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// signingKey is a key of an issuer, or of a client's proofs.
type signingKey struct {
	key *keys.Key
	jwk json.RawMessage
}

func newSigningKey(t *testing.T) signingKey {
	t.Helper()
	key, err := keys.Generate(keys.ES256, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := key.JWK()
	if err != nil {
		t.Fatal(err)
	}
	return signingKey{key, jwk}
}

func (k signingKey) sign(t *testing.T, header, payload map[string]any) string {
	t.Helper()
	signer, err := forge.SignWith(k.key, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var parts [2][]byte
	for n, members := range []map[string]any{header, payload} {
		if parts[n], err = forge.Object(members); err != nil {
			t.Fatal(err)
		}
	}
	text, err := forge.Token(parts[0], parts[1], signer)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// published serves the key's set, and returns where.
func (k signingKey) published(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"keys":[%s]}`, k.jwk)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Tokens that are bound to a certificate, to a key or to both are of use to who has
// them, over the command's own listener, and to nobody else.
func TestServeVerifierBound(t *testing.T) {
	t.Parallel()
	own, client, thief := certify(t, "server", nil), certify(t, "client", nil), certify(t, "thief", nil)
	cert, key := own.files(t)
	issuer, prover := newSigningKey(t), newSigningKey(t)
	config := filepath.Join(t.TempDir(), "verifier.yaml")
	write(t, config, fmt.Sprintf(`
issuer: https://as.example
resource: https://api.example
introspection_endpoint: %[1]s/introspect
jwks_uri: %[1]s/jwks
client_id: api
client_secret: change-me
algorithms: [ES256]
leeway: 1s
routes: [{path: /resource}, {path: /transfer, scopes: [write], risky: true}]
`, issuer.published(t)))
	at, _ := started(t, "serve", "verifier", "--config", config, "--tls-cert", cert, "--tls-key", key)
	mint := func(cnf map[string]any) string {
		now := time.Now().Unix()
		payload := map[string]any{
			"iss": "https://as.example", "aud": "https://api.example", "sub": "app", "client_id": "app", "jti": "1",
			"iat": now, "exp": now + 600, "scope": "read",
		}
		if cnf != nil {
			payload["cnf"] = cnf
		}
		return issuer.sign(t, map[string]any{"alg": "ES256", "kid": issuer.key.ID, "typ": "at+jwt"}, payload)
	}
	proofs := 0
	proof := func(path, token string) string {
		proofs++
		return prover.sign(t, map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": prover.jwk}, map[string]any{
			"jti": fmt.Sprint(proofs), "htm": "GET", "htu": "https://api.example" + path, "iat": time.Now().Unix(), "ath": dpop.TokenHash(token),
		})
	}
	jkt, err := keys.Thumbprint(keys.ES256, prover.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	plain, byCert := mint(nil), mint(map[string]any{"x5t#S256": client.thumbprint()})
	byKey, byBoth := mint(map[string]any{"jkt": jkt}), mint(map[string]any{"jkt": jkt, "x5t#S256": client.thumbprint()})
	const resource, transfer = "/local/resource", "/local/transfer"
	used := proof(resource, byKey)
	for _, test := range []struct {
		name                        string
		shows                       *certified
		path, scheme, token, proves string
		status                      int
		challenge                   string // a part of it
	}{
		{"no token", client, resource, "", "", "", 401, `algs="RS256`},
		{"bearer", nil, resource, "Bearer", plain, "", 200, ""},
		{"bearer over mTLS", thief, resource, "Bearer", plain, "", 200, ""},
		{"too small a scope", nil, transfer, "Bearer", plain, "", 403, `error="insufficient_scope", scope="write"`},
		{"certificate", client, resource, "Bearer", byCert, "", 200, ""},
		{"another certificate", thief, resource, "Bearer", byCert, "", 401, `Bearer realm="https://api.example", resource_metadata="https://api.example/.well-known/oauth-protected-resource", error="invalid_token"`},
		{"no certificate", nil, resource, "Bearer", byCert, "", 401, `error="invalid_token"`},
		{"proof", nil, resource, "DPoP", byKey, used, 200, ""},
		{"proof again", nil, resource, "DPoP", byKey, used, 401, `error="invalid_dpop_proof"`},
		{"proof for another path", nil, resource, "DPoP", byKey, proof(transfer, byKey), 401, `error="invalid_dpop_proof"`},
		{"proof for another token", nil, resource, "DPoP", byKey, proof(resource, plain), 401, `error="invalid_token"`},
		{"no proof", nil, resource, "DPoP", byKey, "", 401, `error="invalid_dpop_proof"`},
		{"downgrade", nil, resource, "Bearer", byKey, "", 401, `error="invalid_token"`},
		{"downgrade with a proof", nil, resource, "Bearer", byKey, proof(resource, byKey), 401, `error="invalid_token"`},
		{"proof and scope", nil, transfer, "DPoP", byKey, proof(transfer, byKey), 403, `error="insufficient_scope"`},
		{"both", client, resource, "DPoP", byBoth, proof(resource, byBoth), 200, ""},
		{"both without the certificate", nil, resource, "DPoP", byBoth, proof(resource, byBoth), 401, `error="invalid_token"`},
		{"both without the proof", client, resource, "DPoP", byBoth, "", 401, `error="invalid_dpop_proof"`},
	} {
		request, err := http.NewRequest(http.MethodGet, at+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if test.token != "" {
			request.Header.Set("Authorization", test.scheme+" "+test.token)
		}
		if test.proves != "" {
			request.Header.Set("DPoP", test.proves)
		}
		response, err := own.client(t, test.shows).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		challenge := strings.Join(response.Header.Values("WWW-Authenticate"), " | ")
		if response.StatusCode != test.status || !strings.Contains(challenge, test.challenge) || (test.challenge == "") != (challenge == "") {
			t.Errorf("%s: status %d, %s", test.name, response.StatusCode, challenge)
		}
	}
}
