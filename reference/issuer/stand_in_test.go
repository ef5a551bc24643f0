package issuer

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/sqlite"
	"github.com/oauthmark/oauthmark/reference/token"
)

// everyKey is a ring with a key of each algorithm, made once.
var everyKey = sync.OnceValues(func() (*keys.Ring, error) {
	var all []*keys.Key
	for _, a := range keys.Algorithms() {
		k, err := keys.Generate(a, rand.Reader)
		if err != nil {
			return nil, err
		}
		all = append(all, k)
	}
	return keys.NewRing(all...)
})

// standIns are the forms whose tokens stand for a JWT.
func standIns() []token.Form {
	return slices.DeleteFunc(token.Forms(), func(f token.Form) bool { return !f.Phantom() && !f.Split() })
}

func newStandIn(t testing.TB, c Config, clk *clock, s store.Store) *Issuer {
	t.Helper()
	ring, err := everyKey()
	if err != nil {
		t.Fatal(err)
	}
	i, err := New(c, Options{Now: clk.now, Keys: ring, Store: s})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	return i
}

func clientOf(f token.Form) Client {
	return Client{ID: string(f), Secret: "s-" + Secret(f), Form: f, Scopes: []string{"read", "write"}}
}

// exchange asks for the JWT as a gateway does.
func exchange(i *Issuer, tok string) *httptest.ResponseRecorder {
	return introspectAs(i, "application/jwt", tok)
}

func wantJWT(t testing.TB, i *Issuer, tok string) string {
	t.Helper()
	w := exchange(i, tok)
	if h := w.Header(); w.Code != 200 || h.Get("Content-Type") != "application/jwt" || h.Get("Cache-Control") != "no-store" {
		t.Fatalf("status %d, headers %v", w.Code, h)
	}
	return w.Body.String()
}

func wantNoJWT(t testing.TB, i *Issuer, tok string) {
	t.Helper()
	w := exchange(i, tok)
	if h := w.Header(); w.Code != 204 || w.Body.Len() != 0 || h.Get("Content-Type") != "" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, %d bytes, headers %v, want 204", w.Code, w.Body.Len(), h)
	}
}

// What the client holds says nothing, a gateway gets the JWT for it, and both end together.
func TestStandIn(t *testing.T) {
	t.Parallel()
	for _, form := range standIns() {
		t.Run(string(form), func(t *testing.T) {
			t.Parallel()
			clk := newClock()
			c := formsConfig()
			c.Clients = []Client{clientOf(form)}
			i := newStandIn(t, c, clk, nil)
			tok, lasting := obtain(t, i, string(form), ""), obtain(t, i, string(form), "&scope=read")
			if tok == lasting || !token.LooksOpaque(tok) || form.Split() != token.LooksSplit(tok) {
				t.Errorf("a token of %d characters", len(tok))
			}
			jwt := wantJWT(t, i, tok)
			about, err := i.signer.Verify(jwt, clk.now())
			if err != nil {
				t.Fatal(err)
			}
			if signature, _, err := token.Split(jwt); err != nil || form.Split() != (signature == tok) {
				t.Errorf("the token is the JWT's signature: %v, %v", signature == tok, err)
			}
			said := object(t, introspect(i, tok))
			if said["active"] != true || said["jti"] != about.ID || said["client_id"] != about.ClientID || said["scope"] != "read write" {
				t.Errorf("introspection says %v of the token with jti %s", said, about.ID)
			}
			if w := introspectAs(i, "application/token-introspection+jwt", tok); w.Header().Get("Content-Type") != "application/token-introspection+jwt" {
				t.Errorf("RFC 9701: headers %v", w.Header())
			}
			if !active(t, i, jwt) || wantJWT(t, i, jwt) != jwt {
				t.Error("the JWT isn't active by itself")
			}
			// Neither the identifier nor what stands beside the signature is a token.
			for _, other := range []string{about.ID, splitValue(tok), strings.TrimPrefix(splitValue(tok), "split\x00"), tok[1:], tok + "A", tok + "\n"} {
				wantInactive(t, i, other)
				wantNoJWT(t, i, other)
			}
			wantRevoked(t, giveBack(i, string(form), tok, ""))
			for _, gone := range []string{tok, jwt} {
				wantInactive(t, i, gone)
				wantNoJWT(t, i, gone)
			}
			clk.advance(DefaultLifetime - 1)
			last := wantJWT(t, i, lasting)
			clk.advance(1)
			for _, gone := range []string{lasting, last} {
				wantInactive(t, i, gone)
				wantNoJWT(t, i, gone)
			}
		})
	}
}

// A token and its JWT end with their authorization, in every profile.
func TestStandInCascade(t *testing.T) {
	t.Parallel()
	for _, profile := range token.Profiles() {
		for _, form := range []token.Form{"phantom-ES256", "split-EdDSA"} {
			t.Run(profile+", "+string(form), func(t *testing.T) {
				t.Parallel()
				c := formsConfig()
				c.Profile, c.PasswordGrant, c.Users = profile, true, partyConfig().Users
				c.Clients = []Client{clientOf(form)}
				c.Clients[0].Grants = []GrantType{Password, RefreshToken}
				i := newStandIn(t, c, newClock(), nil)
				first := granted(t, i, ask(string(form), passwordOf("alice")))
				second := granted(t, i, ask(string(form), refreshOf(text(first, "refresh_token"))))
				wantNoJWT(t, i, text(second, "refresh_token"))
				var all []string
				for _, m := range []map[string]any{first, second} {
					all = append(all, text(m, "access_token"), wantJWT(t, i, text(m, "access_token")))
				}
				for n, tok := range all {
					if !active(t, i, tok) {
						t.Errorf("token %d isn't active", n)
					}
				}
				wantRevoked(t, giveBack(i, string(form), text(second, "refresh_token"), ""))
				for _, tok := range all {
					wantInactive(t, i, tok)
					wantNoJWT(t, i, tok)
				}
			})
		}
	}
}

// The JWT is there after a restart, and not for who reads the file.
func TestStandInAtRest(t *testing.T) {
	t.Parallel()
	for name, atRest := range atRestForms(t) {
		for _, form := range []token.Form{"phantom-ES256", "split-ES256", "split-ML-DSA-87"} {
			if form.Phantom() && atRest.kind() == Hashed {
				continue
			}
			t.Run(name+", "+string(form), func(t *testing.T) {
				t.Parallel()
				clk, file := newClock(), filepath.Join(t.TempDir(), "tokens.db")
				c := formsConfig()
				c.Clients, c.Persistence.Opaque.AtRest = []Client{clientOf(form)}, atRest
				var toks, jwts []string
				for round := range 2 {
					s, err := sqlite.Open(context.Background(), file, sqlite.Options{Now: clk.now})
					if err != nil {
						t.Fatal(err)
					}
					i := newStandIn(t, c, clk, s)
					if round == 0 {
						toks = []string{obtain(t, i, string(form), ""), obtain(t, i, string(form), "")}
						jwts = []string{wantJWT(t, i, toks[0]), wantJWT(t, i, toks[1])}
						wantRevoked(t, giveBack(i, string(form), toks[0], ""))
					}
					wantNoJWT(t, i, toks[0])
					if wantJWT(t, i, toks[1]) != jwts[1] {
						t.Error("another JWT")
					}
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
				}
				b, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				for n := range toks {
					readable := form.Phantom() && atRest.kind() == Plain
					if bytes.Contains(b, []byte(toks[n])) && !readable || bytes.Contains(b, []byte(jwts[n])) && !readable {
						t.Errorf("token %d can be read in the file", n)
					}
				}
			})
		}
	}
}

// Only a gateway that likes a JWT best gets one; everybody else gets what they always got.
func TestStandInAccept(t *testing.T) {
	t.Parallel()
	c := formsConfig()
	c.Clients = []Client{clientOf("phantom-ES256"), clientOf("opaque"), clientOf("ES256")}
	c.Clients[1].Secret, c.Clients[2].Secret = "s-opaque", "s-ES256"
	i := newStandIn(t, c, newClock(), nil)
	const json, jwt, signed = "application/json", "application/jwt", "application/token-introspection+jwt"
	phantom := obtain(t, i, "phantom-ES256", "")
	for accept, want := range map[string]string{
		jwt: jwt, "Application/JWT": jwt, jwt + ", " + json + ";q=0.5": jwt, jwt + ";q=0.9, " + signed + ";q=0.1, */*": jwt,
		"": json, "*/*": json, "application/*": json, json: json, jwt + ";q=0": json, jwt + ";q=NaN": json, jwt + ", " + json: json,
		jwt + ";q=0.5, " + json: json, signed + ", " + jwt: signed, signed: signed,
	} {
		if w := introspectAs(i, accept, phantom); w.Code != 200 || w.Header().Get("Content-Type") != want {
			t.Errorf("Accept %q: status %d, %s, want %s", accept, w.Code, w.Header().Get("Content-Type"), want)
		}
		if w := introspectAs(i, accept, "x"); (w.Code == 204) != (want == jwt) {
			t.Errorf("Accept %q of an unknown token: status %d", accept, w.Code)
		}
	}
	if w := exchange(i, obtain(t, i, "opaque", "")); w.Code != 200 || object(t, w)["active"] != true {
		t.Errorf("a token without JWT: status %d", w.Code)
	}
	if plain := obtain(t, i, "ES256", ""); wantJWT(t, i, plain) != plain {
		t.Error("a JWT isn't its own")
	}
	w := do(i, request{path: "/introspect", id: "phantom-ES256", secret: "s-phantom-ES256", body: url.Values{"token": {phantom}}.Encode(),
		header: http.Header{"Accept": {jwt}}})
	if w.Code != 200 || object(t, w)["active"] != true {
		t.Errorf("the client itself: status %d, %s", w.Code, w.Header().Get("Content-Type"))
	}
	wantCode(t, do(i, request{path: "/introspect", id: "rs", secret: "wrong", body: "token=x", header: http.Header{"Accept": {jwt}}}), "invalid_client")
}

// A store that is down doesn't make a token inactive, and no token is given out unkept.
func TestStandInUnavailable(t *testing.T) {
	t.Parallel()
	clk := newClock()
	memory := store.NewMemory(clk.now, sweepPeriod)
	defer memory.Close()
	s := &failingStore{Store: memory}
	s.left.Store(1 << 30)
	c := formsConfig()
	c.Persistence.Opaque.AtRest.Kind = Plain
	c.Clients = []Client{clientOf("phantom-ES256"), clientOf("split-ES256")}
	i := newStandIn(t, c, clk, s)
	for _, id := range []string{"phantom-ES256", "split-ES256"} {
		tok := obtain(t, i, id, "")
		s.left.Store(0)
		wantProblem(t, exchange(i, tok), 503, "temporarily_unavailable")
		wantProblem(t, do(i, request{path: "/token", id: id, secret: "s-" + id, body: plainGrant}), 503, "temporarily_unavailable")
		s.left.Store(1 << 30)
		wantJWT(t, i, tok)
	}
}

func TestStandInConfig(t *testing.T) {
	t.Parallel()
	const head, tail = "issuer: https://as.example\nresource: urn:api\nclients: [{id: a, secret: s, scopes: [read], form: ", "}]\n"
	for name, c := range map[string]struct{ text, want string }{
		"phantom":             {head + "phantom-RS256" + tail, "client 1: form phantom-RS256: persistence: opaque: needs keep: token"},
		"phantom, hashed":     {head + "phantom-RS256" + tail + "persistence: {opaque: {keep: token}}", "at_rest of kind plain or encrypted"},
		"phantom, claims":     {head + "phantom-RS256" + tail + "persistence: {opaque: {at_rest: {kind: plain}}}", "needs keep: token"},
		"phantom, whole":      {head + "phantom-HS256" + tail + "persistence: {opaque: {keep: token, at_rest: {kind: encrypted}}}", ""},
		"split":               {head + "split-ML-DSA-65" + tail, ""},
		"split of an HMAC":    {head + "split-HS256" + tail, `form "split-HS256": none of`},
		"split and encrypted": {head + "split-ES256, encrypt: {alg: dir, jwk: {kty: oct, k: AA}}" + tail, "encrypt: only for self-contained tokens"},
	} {
		_, err := ParseConfig(strings.NewReader(c.text))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
	}
}

// Nothing but what was issued is exchanged for a JWT.
func FuzzExchange(f *testing.F) {
	c := formsConfig()
	c.Clients = []Client{clientOf("phantom-ES256"), clientOf("split-ES256")}
	i := newStandIn(f, c, newClock(), nil)
	var known []string
	for _, id := range []string{"phantom-ES256", "split-ES256"} {
		tok := obtain(f, i, id, "")
		known = append(known, tok, wantJWT(f, i, tok))
	}
	for _, seed := range append(known, "", "..", "a.b", strings.Repeat("A", token.MinSplitLength), strings.Repeat("\x00", 6170)) {
		f.Add(seed, "application/jwt")
	}
	f.Add(known[0], "application/jwt;q=0.5, application/json;q=1e309")
	f.Fuzz(func(t *testing.T, tok, accept string) {
		w := introspectAs(i, accept, tok)
		if w.Code >= 500 {
			t.Errorf("status %d", w.Code)
		}
		if w.Header().Get("Content-Type") == "application/jwt" && !slices.Contains(known, tok) {
			t.Error("a JWT for a token that wasn't issued")
		}
		if w.Code == http.StatusNoContent && (w.Body.Len() > 0 || slices.Contains(known, tok)) {
			t.Error("204 about an active token, or with a body")
		}
	})
}
