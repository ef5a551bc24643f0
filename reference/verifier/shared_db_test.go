package verifier_test

import (
	"bytes"
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
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

// brokenTable fails with what a careless database may say.
type brokenTable struct{ store.Store }

func (brokenTable) Get(_ context.Context, k store.Key) (store.Record, bool, error) {
	return store.Record{}, false, errors.New("no row " + string(k))
}

func (brokenTable) Revoked(context.Context, ...store.Subject) (bool, error) {
	return false, errors.New("down")
}

// TestSharedDB: the strategy says of each token what the issuer's introspection does,
// as soon as it does, for each way that the issuer keeps tokens.
func TestSharedDB(t *testing.T) {
	t.Parallel()
	keyFile := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(keyFile, []byte(base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))), 0o600); err != nil {
		t.Fatal(err)
	}
	sealed := issuer.AtRest{Kind: issuer.Encrypted, KeyFile: keyFile}
	for name, c := range map[string]struct {
		persistence issuer.Persistence
		form        string // the same, as a file
	}{
		"default": {issuer.Persistence{}, ``},
		"claims":  {issuer.Persistence{SelfContained: issuer.Kept{Keep: "claims"}}, `self_contained: {keep: claims}`},
		"id":      {issuer.Persistence{SelfContained: issuer.Kept{Keep: "id"}}, `self_contained: {keep: id}`},
		"plain": {issuer.Persistence{Opaque: issuer.Kept{AtRest: issuer.AtRest{Kind: issuer.Plain}}},
			`opaque: {at_rest: {kind: plain}}`},
		"sealed": {issuer.Persistence{Opaque: issuer.Kept{Keep: "token", AtRest: sealed}, SelfContained: issuer.Kept{Keep: "token", AtRest: sealed}},
			`{opaque: {keep: token, at_rest: {kind: encrypted, key_file: ` + keyFile + `}}, self_contained: {keep: token, at_rest: {kind: encrypted, key_file: ` + keyFile + `}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := store.NewMemory(time.Now, time.Minute)
			t.Cleanup(func() { _ = kept.Close() })
			config := issuer.Config{
				Issuer: "https://issuer.example", Resource: "https://api.example", Persistence: c.persistence, PasswordGrant: true,
				Clients: []issuer.Client{
					{ID: "opaque", Secret: "change-me", Form: "opaque", Scopes: []string{"read"}, Grants: []issuer.GrantType{issuer.Password, issuer.RefreshToken}},
					{ID: "ES256", Secret: "change-me", Form: "ES256", Scopes: []string{"read"}, Grants: []issuer.GrantType{issuer.Password, issuer.RefreshToken}},
					{ID: "split", Secret: "change-me", Form: "split-ES256", Scopes: []string{"read"}, Grants: []issuer.GrantType{issuer.Password, issuer.RefreshToken}},
				},
				Users: []issuer.User{{Name: "alice", Password: "change-me"}},
			}
			i, err := issuer.New(config, issuer.Options{Store: kept})
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(i)
			t.Cleanup(server.Close)
			opaque, selfContained, err := issuer.ParsePersistence(strings.NewReader(c.form), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			over := func(table verifier.TokenTable, resource string) verifier.Strategy {
				v, err := verifier.New(verifier.Config{
					Issuer: "https://issuer.example", Resource: resource, IntrospectionEndpoint: "http://127.0.0.1:1/introspect",
					JWKSURI: server.URL + "/jwks", ClientID: "api", ClientSecret: "change-me", Algorithms: []string{"ES256"}, Cache: verifier.DefaultCache(),
				}, verifier.Options{Table: &verifier.Table{Tokens: table, Opaque: opaque, SelfContained: selfContained}})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(v.Close)
				s, _ := v.Strategy(verifier.SharedDB)
				return s
			}
			s, elsewhere, broken := over(kept, "https://api.example"), over(kept, "https://other.example"), over(brokenTable{kept}, "https://api.example")
			for _, client := range []string{"opaque", "ES256", "split"} {
				var granted struct {
					Access  string `json:"access_token"`
					Refresh string `json:"refresh_token"`
				}
				grant := func() {
					form := url.Values{"grant_type": {"password"}, "username": {"alice"}, "password": {"change-me"}}
					if err := json.Unmarshal(post(t, server.URL+"/token", client, form), &granted); err != nil {
						t.Fatal(err)
					}
				}
				refused := func(s verifier.Strategy, token string) {
					t.Helper()
					var invalid *verifier.InvalidToken
					if said, err := s.Judge(t.Context(), token); !errors.As(err, &invalid) {
						t.Errorf("%s: %+v, %v", client, said, err)
					}
				}
				accepted := func(token string) {
					t.Helper()
					if said, err := s.Judge(t.Context(), token); err != nil || said.ClientID != client || !said.HasScope("read") {
						t.Errorf("%s: %+v, %v", client, said, err)
					}
				}
				grant()
				accepted(granted.Access)
				refused(s, granted.Refresh)
				refused(s, granted.Access[:len(granted.Access)-2]+"zz")
				refused(elsewhere, granted.Access)
				var unavailable *verifier.Unavailable
				if _, err := broken.Judge(t.Context(), granted.Access); !errors.As(err, &unavailable) || strings.Contains(err.Error(), granted.Access) {
					t.Errorf("%s: broken: %v", client, err)
				}
				post(t, server.URL+"/revoke", client, url.Values{"token": {granted.Access}})
				refused(s, granted.Access)
				grant()
				accepted(granted.Access)
				post(t, server.URL+"/revoke", client, url.Values{"token": {granted.Refresh}}) // its family goes with it
				refused(s, granted.Access)
			}
		})
	}
}

// What would read the table wrongly isn't made.
func TestSharedDBRefusesForms(t *testing.T) {
	t.Parallel()
	if _, err := verifier.New(verifier.Config{}, verifier.Options{Table: &verifier.Table{}}); err == nil {
		t.Error("a table without forms is taken")
	}
	for _, bad := range []string{"x: 1", "opaque: {keep: nothing}", "opaque: {at_rest: {kind: encrypted}}"} {
		if _, _, err := issuer.ParsePersistence(strings.NewReader(bad), rand.Reader); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
