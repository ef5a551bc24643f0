package issuer

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// Each form that can be named can be issued and is recognized, and only keys that
// have a public half are published.
func TestEveryForm(t *testing.T) {
	t.Parallel()
	c := formsConfig()
	for _, form := range token.Forms() {
		c.Clients = append(c.Clients, Client{ID: string(form), Secret: "s-" + Secret(form), Form: form, Scopes: []string{"read"}})
	}
	i := newIssuerWith(t, c, Options{})
	for _, form := range token.Forms() {
		tok := obtain(t, i, string(form), "")
		kind, _ := form.Kind()
		if opaque := token.LooksOpaque(tok); opaque != (kind == token.Opaque) {
			t.Errorf("%s: a token of %d characters looks opaque: %v", form, len(tok), opaque)
		}
		if m := object(t, introspect(i, tok)); m["active"] != true || m["client_id"] != string(form) {
			t.Errorf("%s: introspection says %v", form, m)
		}
	}
	set := do(i, request{method: "GET", path: "/jwks"}).Body.Bytes()
	if n := bytes.Count(set, []byte(`"kid":`)); n != len(keys.Algorithms())-3 || bytes.Contains(set, []byte(`"oct"`)) {
		t.Errorf("%d keys are published: %s", n, set)
	}
}

// formsConfig has no clients yet, and keeps enough for those of any form.
func formsConfig() Config {
	c := testConfig()
	c.Clients = nil
	c.Persistence.Opaque = Kept{Keep(store.KeepToken), AtRest{Kind: Encrypted}}
	return c
}

// The key set and the tokens follow a rotation of the issuer's keys.
func TestRotation(t *testing.T) {
	t.Parallel()
	old, next := generate(t), generate(t)
	ring, err := keys.NewRing(old)
	if err != nil {
		t.Fatal(err)
	}
	c := testConfig()
	c.Clients = []Client{{ID: "ES256", Secret: "s-ES256", Form: "ES256", Scopes: []string{"read"}, Lifetime: 1000}}
	clk := newClock()
	i := newIssuerWith(t, c, Options{Now: clk.now, Keys: ring})
	before := obtain(t, i, "ES256", "")
	if err := ring.Rotate(next, clk.now(), 100*time.Second); err != nil {
		t.Fatal(err)
	}
	after := obtain(t, i, "ES256", "")
	expect := func(when string, oldIsGood bool) {
		t.Helper()
		set := do(i, request{method: "GET", path: "/jwks"}).Body.Bytes()
		if got := bytes.Contains(set, []byte(old.ID)); got != oldIsGood {
			t.Errorf("%s: the old key is published: %v", when, got)
		}
		if !bytes.Contains(set, []byte(next.ID)) {
			t.Errorf("%s: the new key isn't published", when)
		}
		if got := object(t, introspect(i, before))["active"]; got != oldIsGood {
			t.Errorf("%s: the old key's token is active: %v", when, got)
		}
		if object(t, introspect(i, after))["active"] != true {
			t.Errorf("%s: the new key's token isn't active", when)
		}
	}
	expect("in the overlap", true)
	clk.seconds.Add(100)
	expect("after it", false)
}

func generate(t *testing.T) *keys.Key {
	t.Helper()
	k, err := keys.Generate(keys.ES256, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
