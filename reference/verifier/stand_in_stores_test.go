package verifier_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/postgres"
	"github.com/oauthmark/oauthmark/reference/store/redis"
	"github.com/oauthmark/oauthmark/reference/store/sqlite"
	"github.com/oauthmark/oauthmark/reference/store/storetest"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

func TestStandInOnSQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tokens.db")
	standInOn(t, func(now func() time.Time) (store.Store, error) {
		return sqlite.Open(context.Background(), path, sqlite.Options{Now: now})
	})
}

func TestStandInOnPostgres(t *testing.T) {
	server := storetest.Postgres(t)
	standInOn(t, func(now func() time.Time) (store.Store, error) {
		return postgres.Open(context.Background(), server.URL+"#stand_in", postgres.Options{Now: now})
	})
}

func TestStandInOnRedis(t *testing.T) {
	server := storetest.Redis(t)
	standInOn(t, func(now func() time.Time) (store.Store, error) {
		return redis.Open(context.Background(), server.URL+"#stand_in", redis.Options{Now: now})
	})
}

// standInOn: a phantom or split token's JWT is in the database, and nowhere else. Whoever
// serves the database gives it out, as long as the token lives and isn't revoked.
func standInOn(t *testing.T, open func(now func() time.Time) (store.Store, error)) {
	w := &tableWorld{open: open}
	w.seconds.Store(time.Now().Unix())
	keyFile := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(keyFile, []byte(base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))), 0o600); err != nil {
		t.Fatal(err)
	}
	ring, err := keys.GenerateRing(rand.Reader, keys.ES256)
	if err != nil {
		t.Fatal(err)
	}
	kept := w.store(t)
	if r, ok := kept.(store.Remover); ok {
		t.Cleanup(func() {
			if err := r.Remove(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	for name, atRest := range map[string]issuer.AtRest{
		"plain": {Kind: issuer.Plain}, "encrypted": {Kind: issuer.Encrypted, KeyFile: keyFile},
	} {
		// served is an issuer of the database, with nothing else of the one before it.
		served := func() *httptest.Server {
			c := issuer.Config{Issuer: "https://issuer.example", Resource: "https://api.example",
				Introspector: issuer.Introspector{ID: "api", Secret: "change-me"},
				Persistence:  issuer.Persistence{Opaque: issuer.Kept{Keep: "token", AtRest: atRest}}}
			for _, form := range []token.Form{"phantom-ES256", "split-ES256"} {
				c.Clients = append(c.Clients, issuer.Client{ID: string(form), Secret: "change-me", Form: form, Scopes: []string{"read"}, Lifetime: 600})
			}
			i, err := issuer.New(c, issuer.Options{Store: w.store(t), Now: w.now, Keys: ring})
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(i)
			t.Cleanup(server.Close)
			return server
		}
		first, second := served(), served()
		for form, strategy := range map[string]string{"phantom-ES256": verifier.Phantom, "split-ES256": verifier.Split} {
			judge := func(at *httptest.Server, tok string) error {
				v, err := verifier.New(verifier.Config{
					Issuer: "https://issuer.example", Resource: "https://api.example", IntrospectionEndpoint: at.URL + "/introspect",
					JWKSURI: at.URL + "/jwks", ClientID: "api", ClientSecret: "change-me", Algorithms: []string{"ES256"}, Cache: verifier.DefaultCache(),
				}, verifier.Options{Now: w.now})
				if err != nil {
					t.Fatal(err)
				}
				defer v.Close()
				s, _ := v.Strategy(strategy)
				said, err := s.Judge(t.Context(), tok)
				if err == nil && (said.ClientID != form || !said.HasScope("read")) {
					t.Errorf("%s, %s: %+v", name, form, said)
				}
				return err
			}
			obtain := func() string {
				var granted struct {
					Token string `json:"access_token"`
				}
				body := post(t, first.URL+"/token", form, url.Values{"grant_type": {"client_credentials"}})
				if err := json.Unmarshal(body, &granted); err != nil || granted.Token == "" {
					t.Fatal("no token", err)
				}
				return granted.Token
			}
			var refused *verifier.InvalidToken
			revoked, expiring := obtain(), obtain()
			for _, at := range []*httptest.Server{first, second} {
				for _, tok := range []string{revoked, expiring} {
					if err := judge(at, tok); err != nil {
						t.Errorf("%s, %s: %v", name, form, err)
					}
				}
			}
			post(t, second.URL+"/revoke", form, url.Values{"token": {revoked}})
			for _, at := range []*httptest.Server{first, second} {
				if err := judge(at, revoked); !errors.As(err, &refused) {
					t.Errorf("%s, %s, revoked: %v", name, form, err)
				}
			}
			w.seconds.Add(599)
			if err := judge(second, expiring); err != nil {
				t.Errorf("%s, %s, shortly before its end: %v", name, form, err)
			}
			w.seconds.Add(1)
			if err := judge(second, expiring); !errors.As(err, &refused) {
				t.Errorf("%s, %s, expired: %v", name, form, err)
			}
		}
	}
}
