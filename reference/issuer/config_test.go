package issuer

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/keys"
)

func TestParseConfig(t *testing.T) {
	t.Parallel()
	want := Config{
		Issuer: "http://127.0.0.1:8080", Resource: "urn:api", Lifetime: 600,
		Clients: []Client{
			{ID: "a", Secret: "x&y", Form: "opaque", Scopes: []string{"read", "write"}},
			{ID: "b", Secret: "1234", Form: "EdDSA", Scopes: []string{"read"}, Lifetime: 2},
			{ID: "c", Secret: "z"},
		},
		Introspector: Introspector{ID: "rs", Secret: "s"},
	}
	for name, text := range map[string]string{
		"YAML": `
issuer: http://127.0.0.1:8080
resource: urn:api
lifetime_s: 600
clients:
  - {id: a, secret: x&y, form: opaque, scopes: [read, write]}
  - id: b
    secret: 1234
    form: EdDSA
    scopes: [read]
    lifetime_s: 2
  - {id: c, secret: z}
introspector: {id: rs, secret: s}
`,
		"JSON": `{"issuer":"http://127.0.0.1:8080","resource":"urn:api","clients":[
	{"id":"a","secret":"x\u0026y","form":"opaque","scopes":["read","write"],"lifetime_s":0},
	{"id":"b","secret":"1234","form":"EdDSA","scopes":["read"],"lifetime_s":2},
	{"id":"c","secret":"z"}],"introspector":{"id":"rs","secret":"s"},"lifetime_s":600}`,
	} {
		got, err := ParseConfig(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: not what was written", name)
		}
	}
}

func TestParseConfigErrors(t *testing.T) {
	t.Parallel()
	const head = "issuer: https://as.example\nresource: urn:api\n"
	client := func(rest string) string { return head + "clients:\n  - {id: a, secret: hunter2, " + rest + "}\n" }
	for name, c := range map[string]struct{ text, want string }{
		"empty":                   {"", "empty"},
		"comment only":            {"# nothing\n", "empty"},
		"not YAML":                {"{", "line 1"},
		"two documents":           {head + "---\n" + head, "more than one document"},
		"unknown key":             {head + "\nisuer: x\n", `line 4: unknown key "isuer", did you mean "issuer"?`},
		"unknown key of a client": {client("from: opaque"), `line 4: clients[0]: unknown key "from", did you mean "form"?`},
		"unknown key, JSON":       {"{\"issuer\":\"https://as.example\",\n\"foo\":1}", `line 2: unknown key "foo"`},
		"key twice":               {head + "issuer: https://x.example\n", "line 3"},
		"secret as a key":         {head + "introspector: {id: a, secret:hunter2}\n", "line 3: introspector: unknown key"},
		"secret in a wrong place": {head + "introspector: hunter2\n", "line 3: introspector: must be a mapping"},
		"secret as an alias":      {head + "introspector: {id: a, secret: *hunter2}\n", "line 3: an alias without its anchor"},
		"secret as an integer":    {head + "lifetime_s: !!int hunter2\n", "line 3: lifetime_s: must be a whole number"},
		"lifetime a string":       {head + "lifetime_s: hunter2\n", "line 3: lifetime_s: must be a whole number"},
		"issuer missing":          {"resource: urn:api\n", "issuer: not an absolute"},
		"issuer relative":         {"issuer: /as\nresource: urn:api\n", "issuer: not an absolute"},
		"issuer ftp":              {"issuer: ftp://as.example\nresource: urn:api\n", "issuer: not an absolute"},
		"issuer with query":       {"issuer: https://as.example?a=b\nresource: urn:api\n", "query or a fragment"},
		"issuer with empty query": {"issuer: https://as.example?\nresource: urn:api\n", "query or a fragment"},
		"issuer with fragment":    {"issuer: 'https://as.example#a'\nresource: urn:api\n", "query or a fragment"},
		"issuer with user":        {"issuer: https://u:hunter2@as.example\nresource: urn:api\n", "user information"},
		"resource missing":        {"issuer: https://as.example\n", "resource: missing"},
		"resource with space":     {"issuer: https://as.example\nresource: a b\n", "resource: missing, or not"},
		"lifetime negative":       {head + "lifetime_s: -1\n", "lifetime_s: -1"},
		"lifetime too long":       {head + "lifetime_s: 31536001\n", "lifetime_s: 31536001"},
		"introspector, no secret": {head + "introspector: {id: rs}\n", "introspector: secret"},
		"introspector, no id":     {head + "introspector: {secret: hunter2}\n", "introspector: id"},
		"client without id":       {head + "clients: [{secret: hunter2}]\n", "client 1: id"},
		"client without secret":   {head + "clients: [{id: a}]\n", "client 1: secret"},
		"unprintable secret":      {head + "clients: [{id: a, secret: \"hunter2\\n\"}]\n", "client 1: secret"},
		"unknown form":            {client("form: HS1, scopes: [read]"), `client 1: form "HS1": none of [opaque uuid HS256 `},
		"form none":               {client("form: none, scopes: [read]"), "client 1: form"},
		"no scopes":               {client("form: opaque"), "client 1: scopes"},
		"empty scope":             {client("form: opaque, scopes: ['']"), "client 1: scope 1"},
		"scope with a space":      {client("form: opaque, scopes: [read, 'a b']"), "client 1: scope 2"},
		"scope with a quote":      {client("form: opaque, scopes: ['a\"b']"), "client 1: scope 1"},
		"scope twice":             {client("form: opaque, scopes: [read, read]"), `client 1: scope "read"`},
		"client's lifetime":       {client("form: opaque, scopes: [read], lifetime_s: -2"), "client 1: lifetime_s: -2"},
		"two of one id":           {head + "clients: [{id: a, secret: hunter2}, {id: a, secret: x}]\n", `client 2: id "a" is taken`},
		"id of the introspector":  {head + "clients: [{id: a, secret: x}]\nintrospector: {id: a, secret: hunter2}\n", `introspector: id "a" is taken`},
		"too large":               {head + "#" + strings.Repeat("x", 5<<20), "larger than"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseConfig(strings.NewReader(c.text))
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "issuer configuration: ") {
				t.Errorf("error %q, want %q in it", err, c.want)
			}
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q shows a secret, or has more than a line", err)
			}
		})
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func TestParseConfigUnreadable(t *testing.T) {
	t.Parallel()
	if _, err := ParseConfig(brokenReader{}); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("error %v", err)
	}
}

func TestNewErrors(t *testing.T) {
	t.Parallel()
	if _, err := New(Config{}, Options{}); err == nil {
		t.Error("empty configuration: no error")
	}
	none, err := keys.NewRing()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(testConfig(), Options{Keys: none}); err == nil || !strings.Contains(err.Error(), "RS256") {
		t.Errorf("no key: error %v", err)
	}
}

// Without a ring, keys are made for what is registered and for nothing else.
func TestNewGenerates(t *testing.T) {
	t.Parallel()
	c := testConfig()
	c.Clients = []Client{c.Clients[3], c.Clients[0], c.Clients[2]}
	i := newIssuerWith(t, c, Options{})
	var got []keys.Algorithm
	for _, k := range i.Keys().All() {
		got = append(got, k.Algorithm)
	}
	if want := []keys.Algorithm{keys.ES256, keys.EdDSA}; !reflect.DeepEqual(got, want) {
		t.Errorf("keys for %v, want %v", got, want)
	}
	if m := object(t, introspect(i, obtain(t, i, "ES256", ""))); m["active"] != true {
		t.Error("its own token is not active")
	}
	for range 2 {
		if err := i.Close(); err != nil {
			t.Error(err)
		}
	}
}

// What is written with its secrets is read again; nothing else shows them.
func TestConfigDisclosed(t *testing.T) {
	t.Parallel()
	shared := config.SecretJSON(`{"k":"` + strings.Repeat("k", 43) + `","kty":"oct"}`)
	c := testConfig()
	c.Store, c.HMACKeys = "redis://:hunter2@127.0.0.1/0", map[keys.Algorithm]Secret{keys.HS256: Secret(strings.Repeat("h", 43))}
	c.Clients[2].Encrypt = Encryption{Alg: "dir", JWK: shared}
	akp, err := keys.Generate(keys.MLDSA44, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.Clients = append(c.Clients, Client{ID: "signs", Auth: PrivateKeyJWT, Form: "opaque", Scopes: []string{"read"},
		JWKS: KeySet{Keys: append(keySet("jwt").Keys, jose.JSONWebKey{Key: akp.Public(), KeyID: "pq", Algorithm: "ML-DSA-44"})}})
	text, err := config.Disclose(c)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseConfig(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if second, err := config.Disclose(again); err != nil || !bytes.Equal(second, text) || again.Clients[2].Secret != c.Clients[2].Secret {
		t.Errorf("%v\n%s\n%s", err, text, second)
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&out, verb, c)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "config", c)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "config", c)
	for _, secret := range []string{"s-opaque", "s-rs", "hunter2", "hhhh", "kkkk", fmt.Sprintf("%x", "s-opaque")} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("a secret prints: %s", out.String())
		}
	}
	if !strings.Contains(out.String(), config.Redacted) {
		t.Error("nothing was printed")
	}
}
