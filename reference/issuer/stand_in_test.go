package issuer

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/sqlite"
	"github.com/oauthmark/oauthmark/reference/token"
)

// everyKey is a ring with a key of each algorithm, made once.
var everyKey = sync.OnceValues(func() (*keys.Ring, error) { return keys.GenerateRing(rand.Reader, keys.Algorithms()...) })

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
	return newIssuerWith(t, c, Options{Now: clk.now, Keys: ring, Store: s})
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
			sum := sha256.Sum256([]byte(tok))
			digest := base64.RawURLEncoding.EncodeToString(sum[:])
			for _, other := range []string{about.ID, "split\x00" + digest, digest, tok[1:], tok + "A", tok + "\n"} {
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
