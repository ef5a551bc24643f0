package issuer

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

// asker sends an introspection request in the name of a caller.
func asker(i *Issuer, id, tok, accept string) (status int, body string) {
	q := request{path: "/introspect", id: id, secret: "s-" + id, body: url.Values{"token": {tok}}.Encode(), header: http.Header{}}
	if accept != "" {
		q.header.Set("Accept", accept)
	}
	w := do(i, q)
	return w.Code, w.Body.String()
}

func introspectorsConfig() Config {
	c := testConfig()
	c.Clients[0].Claims = []CustomClaim{{Name: "tier", Value: 1}, {Name: "secret", Value: 2, Hidden: true}}
	c.Clients = append(c.Clients, Client{ID: "gateway", Secret: "s-gateway"}, Client{ID: "old", Secret: "s-old"})
	c.Introspectors = []Introspector{
		{ID: "logs", Secret: "s-logs", Sees: []string{"scope", "client_id"}},
		{ID: "billing", Secret: "s-billing", Sees: []string{"tier", "secret"}, Clients: []string{"opaque"}},
		{ID: "one", Secret: "s-one", Sees: []string{"all"}, Clients: []string{"ES256"}},
		{ID: "gateway", Sees: []string{"exp"}},
		{ID: "EdDSA", Sees: []string{"all"}},
	}
	return c
}

// RFC 7662, sections 2.1, 2.2 and 4: each caller is told what it is there for, and of a
// token that isn't its business what it is told of a token that doesn't exist.
func TestIntrospectorsSee(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, introspectorsConfig(), newClock())
	all := []string{"active", "aud", "client_id", "exp", "iat", "iss", "jti", "scope", "sub", "tier", "token_type"}
	hidden := append(slices.Clone(all), "secret")
	without := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return name == "tier" })
	nothing := []string{"active"}
	for id, want := range map[string]map[string][]string{
		"rs":      {"opaque": hidden, "ES256": without},
		"old":     {"opaque": hidden, "ES256": without},
		"EdDSA":   {"opaque": hidden, "ES256": without},
		"logs":    {"opaque": {"active", "client_id", "scope"}, "ES256": {"active", "client_id", "scope"}},
		"billing": {"opaque": {"active", "secret", "tier"}, "ES256": nothing},
		"one":     {"opaque": nothing, "ES256": without},
		"gateway": {"opaque": {"active", "exp"}, "ES256": {"active", "exp"}},
		"opaque":  {"opaque": all, "ES256": nothing},
		"ES256":   {"opaque": nothing, "ES256": without},
		"RS256":   {"opaque": nothing, "ES256": nothing},
	} {
		for owner, members := range want {
			tok := obtain(t, i, owner, "")
			status, body := asker(i, id, tok, "")
			var m map[string]any
			if err := json.Unmarshal([]byte(body), &m); err != nil || status != 200 {
				t.Fatalf("%s about %s: status %d, %s", id, owner, status, body)
			}
			slices.Sort(members)
			if got := slices.Sorted(maps.Keys(m)); !slices.Equal(got, members) || m["active"] != (len(members) > 1) {
				t.Errorf("%s about %s: %v\nwant %v", id, owner, m, members)
			}
			if len(members) == 1 && body != `{"active":false}` {
				t.Errorf("%s about %s: %s", id, owner, body)
			}
			// A JWT tells what it has to whoever gets it.
			code, whole := asker(i, id, tok, mediaJWT)
			if mayHave := id == "rs" || id == "old" || id == "one" && owner == "ES256"; strings.Contains(whole, tok) != (mayHave && owner == "ES256") {
				t.Errorf("%s about %s as a JWT: status %d, %t", id, owner, code, mayHave)
			}
		}
	}
}

// RFC 9701, section 6: each caller's answers are signed, and encrypted, as it is registered.
func TestIntrospectorsSign(t *testing.T) {
	t.Parallel()
	private, public := recipientKeys(t, "ECDH-ES")
	c := testConfig()
	c.Clients = c.Clients[:1]
	c.Introspectors = []Introspector{
		{ID: "es", Secret: "s-es", Sees: []string{"all"}, Sign: keys.ES256},
		{ID: "ed", Secret: "s-ed", Sees: []string{"scope"}, Sign: keys.EdDSA, Encrypt: Encryption{Alg: "ECDH-ES", JWK: public}},
	}
	i := newIssuerWith(t, c, Options{}) // no client's tokens are signed, the answers are
	m := object(t, do(i, request{method: "GET", path: pathMetadata}))
	for member, want := range map[string]string{
		"introspection_signing_alg_values_supported":    "[ES256 EdDSA]",
		"introspection_encryption_alg_values_supported": "[ECDH-ES]",
		"introspection_encryption_enc_values_supported": "[A256GCM]",
	} {
		list, _ := m[member].([]any)
		var names []string
		for _, name := range list {
			names = append(names, name.(string))
		}
		if got := "[" + strings.Join(names, " ") + "]"; got != want {
			t.Errorf("%s: %s, want %s", member, got, want)
		}
	}
	open, err := token.NewDecrypter("ECDH-ES", "A256GCM", private)
	if err != nil {
		t.Fatal(err)
	}
	tok := obtain(t, i, "opaque", "")
	for id, want := range map[string]jose.SignatureAlgorithm{"es": jose.ES256, "ed": jose.EdDSA, "rs": jose.ES256} {
		_, text := asker(i, id, tok, mediaSigned)
		if id == "ed" {
			if text, err = open.Decrypt(text); err != nil {
				t.Fatalf("%s: %v", id, err)
			}
		}
		parsed, err := jose.ParseSigned(text, []jose.SignatureAlgorithm{want})
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		var said struct {
			Audience string         `json:"aud"`
			About    map[string]any `json:"token_introspection"`
		}
		if err := json.Unmarshal(parsed.UnsafePayloadWithoutVerification(), &said); err != nil || said.Audience != id {
			t.Errorf("%s: aud %q, %v", id, said.Audience, err)
		}
		if _, sees := said.About["client_id"]; said.About["active"] != true || sees != (id != "ed") {
			t.Errorf("%s: %v", id, said.About)
		}
	}
}

func TestIntrospectorsConfig(t *testing.T) {
	t.Parallel()
	const head = "issuer: https://as.example\nresource: urn:api\nclients: [{id: a, secret: s}, {id: p, auth: none}]\nintrospectors: [{"
	for text, want := range map[string]string{
		"id: p, sees: [scope]":                                           `introspectors 1: id "p" is a public client`,
		"id: x, secret: y":                                               "introspectors 1: sees: missing",
		"id: x, sees: [all]":                                             "introspectors 1: secret: missing",
		"secret: y, sees: [all]":                                         "introspectors 1: id: missing",
		"id: a, secret: y, sees: [all]":                                  `introspectors 1: id "a" is taken by a client`,
		"id: x, secret: y, sees: [all, scope]":                           "introspectors 1: sees: members by name, or all alone",
		"id: x, secret: y, sees: [all], clients: [b]":                    `introspectors 1: clients: "b" is not a client`,
		"id: x, secret: y, sees: [all], sign: HS256":                     `introspectors 1: sign "HS256"`,
		"id: x, secret: y, sees: [all], encrypt: {alg: dir}":             "introspectors 1: encrypt: alg is needed",
		"id: x, secret: y, sees: [all]}, {id: x, secret: z, sees: [all]": `introspectors 2: id "x" is taken`,
	} {
		_, err := ParseConfig(strings.NewReader(head + text + "}]\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q in it", text, err, want)
		}
	}
}
