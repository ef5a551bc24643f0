package issuer

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

// A client, and a trusted issuer, sign with a key of any algorithm whose public half can
// be published, and with no other than the one that they are registered with.
func TestAssertionAlgorithms(t *testing.T) {
	t.Parallel()
	clk := newClock()
	made := map[keys.Algorithm]*keys.Key{}
	var clients, sets []string
	for _, a := range keys.Algorithms() {
		if d, _ := keys.Describe(a); d.Shared() {
			continue
		}
		k, err := keys.Generate(a, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		jwk, err := k.JWK()
		if err != nil {
			t.Fatal(err)
		}
		made[a] = k
		sets = append(sets, string(jwk))
		clients = append(clients, fmt.Sprintf("  - {id: %s, auth: private_key_jwt, form: opaque, scopes: [read], grants: [client_credentials, %q], jwks: {keys: [%s]}}", a, JWTBearer, jwk))
	}
	c, err := ParseConfig(strings.NewReader("issuer: " + testIssuer + "\nresource: " + testResource + "\nclients:\n" + strings.Join(clients, "\n") +
		"\ntrusted_issuers: [{issuer: https://idp.example, jwks: {keys: [" + strings.Join(sets, ", ") + "]}}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	i := newIssuer(t, c, clk)
	algorithms := keys.Algorithms()
	for a, k := range made {
		ring, err := keys.NewRing(k)
		if err != nil {
			t.Fatal(err)
		}
		signer, err := token.NewSigner(ring)
		if err != nil {
			t.Fatal(err)
		}
		jti := 0
		assertion := func(iss, sub string) string {
			jti++
			payload, err := json.Marshal(claims{"iss": iss, "sub": sub, "aud": testIssuer, "exp": clk.now().Unix() + 60, "jti": fmt.Sprint(a, jti)})
			if err != nil {
				t.Fatal(err)
			}
			text, err := signer.SignStatement("JWT", "", payload)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		other := string(algorithms[3]) // RS256
		if a == algorithms[3] {
			other = string(algorithms[4])
		}
		good := assertion(string(a), string(a))
		for name, c := range map[string]struct{ body, code string }{
			"good":        {withAssertion(good), ""},
			"renamed":     {withAssertion(renamed(t, a, assertion(string(a), string(a)))), "invalid_client"},
			"another key": {withAssertion(assertion(other, other)), "invalid_client"},
			"spoiled":     {withAssertion(good[:len(good)-10] + "AAAAAAAAAA"), "invalid_client"},
			"grant":       {withAssertion(assertion(string(a), string(a))) + "&assertion=" + assertion("https://idp.example", "u"), ""},
		} {
			if name == "grant" {
				c.body = strings.Replace(c.body, ccType, "grant_type="+strings.ReplaceAll(string(JWTBearer), ":", "%3A"), 1)
			}
			t.Run(string(a)+", "+name, func(t *testing.T) { wantCode(t, do(i, request{path: "/token", body: c.body}), c.code) })
		}
	}
}

// renamed says in the header that another algorithm has signed, if there is one that
// signs alike: EdDSA and Ed25519. Of the others, alg is spoiled.
func renamed(t *testing.T, a keys.Algorithm, text string) string {
	t.Helper()
	to := keys.EdDSA
	if a == keys.EdDSA {
		to = keys.Ed25519
	}
	header, rest, _ := strings.Cut(text, ".")
	raw, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(raw), `"`+string(a)+`"`, `"`+string(to)+`"`, 1)
	return base64.RawURLEncoding.EncodeToString([]byte(changed)) + "." + rest
}
