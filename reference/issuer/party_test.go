package issuer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"maps"
	"net/url"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// partyKeys are of those who sign assertions: the client, the trusted issuer and
// somebody else.
var partyKeys = sync.OnceValue(func() map[string]*ecdsa.PrivateKey {
	keys := map[string]*ecdsa.PrivateKey{}
	for _, name := range []string{"jwt", "https://idp.example", "else"} {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		keys[name] = k
	}
	return keys
})

func keySet(name string) KeySet {
	return KeySet{Keys: []jose.JSONWebKey{{Key: partyKeys()[name].Public(), KeyID: name, Algorithm: "ES256", Use: "sig"}}}
}

const testRedirect = "https://app.example/cb?x=1"

// partyConfig has a client for each way to authenticate, all grants, and users.
func partyConfig() Config {
	c := testConfig()
	scopes := []string{"read", "write"}
	all := GrantTypes()
	c.PasswordGrant, c.HeadlessConsent = true, true
	c.RefreshLifetime = 10_000
	c.Users = []User{{Name: "alice", Password: "pw-alice", Subject: "u-1"}, {Name: "bob", Password: "pw-bob"}}
	c.TrustedIssuers = []TrustedIssuer{{Issuer: "https://idp.example", JWKS: keySet("https://idp.example"), Claims: []string{"department", "level"}}}
	c.Clients = append(c.Clients,
		Client{ID: "app", Secret: "s-app", Form: "opaque", Scopes: scopes, Grants: all, RedirectURIs: []string{testRedirect, "app://cb"}},
		Client{ID: "app2", Secret: "s-app2", Form: "opaque", Scopes: scopes, Grants: all, RedirectURIs: []string{testRedirect}},
		Client{ID: "signed", Secret: "s-signed", Form: "EdDSA", Scopes: scopes, Grants: all, RedirectURIs: []string{testRedirect}},
		Client{ID: "once", Secret: "s-once", Form: "opaque", Scopes: scopes, Grants: []GrantType{Password, JWTBearer}},
		Client{ID: "post", Auth: ClientSecretPost, Secret: "s-post", Form: "opaque", Scopes: scopes},
		Client{ID: "jwt", Auth: PrivateKeyJWT, JWKS: keySet("jwt"), Form: "opaque", Scopes: scopes},
		Client{ID: "public", Auth: PublicClient, Form: "opaque", Scopes: scopes,
			Grants: []GrantType{AuthorizationCode, RefreshToken}, RedirectURIs: []string{testRedirect}},
	)
	return c
}

// claims are those of an assertion.
type claims map[string]any

func (c claims) with(name string, value any) claims {
	changed := maps.Clone(c)
	if changed[name] = value; value == nil {
		delete(changed, name)
	}
	return changed
}

// sign makes an assertion.
func sign(t testing.TB, by string, c claims, header map[jose.HeaderKey]any) string {
	t.Helper()
	options := &jose.SignerOptions{ExtraHeaders: header}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: partyKeys()[by]}, options)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.Signed(s).Claims(map[string]any(c)).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// ask sends parameters to the token endpoint, in the name of a client with a secret
// unless that is empty.
func ask(id string, parameters url.Values) request {
	q := request{path: "/token", body: parameters.Encode()}
	if id != "" {
		q.id, q.secret = id, "s-"+id
	}
	return q
}

// granted sends a request that must be granted.
func granted(t testing.TB, i *Issuer, q request) map[string]any {
	t.Helper()
	w := do(i, q)
	if w.Code != 200 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return object(t, w)
}

func text(m map[string]any, name string) string {
	s, _ := m[name].(string)
	return s
}

func active(t testing.TB, i *Issuer, tok string) bool {
	t.Helper()
	return object(t, introspect(i, tok))["active"] == true
}
