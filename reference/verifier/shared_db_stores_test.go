package verifier_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/postgres"
	"github.com/oauthmark/oauthmark/reference/store/redis"
	"github.com/oauthmark/oauthmark/reference/store/sqlite"
	"github.com/oauthmark/oauthmark/reference/store/storetest"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

func TestSharedDBOnSQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tokens.db")
	sharedDBOn(t, func(now func() time.Time) (store.Store, error) {
		return sqlite.Open(context.Background(), path, sqlite.Options{Now: now})
	})
}

func TestSharedDBOnPostgres(t *testing.T) {
	server := storetest.Postgres(t)
	sharedDBOn(t, func(now func() time.Time) (store.Store, error) {
		return postgres.Open(context.Background(), server.URL, postgres.Options{Now: now})
	})
}

func TestSharedDBOnRedis(t *testing.T) {
	server := storetest.Redis(t)
	sharedDBOn(t, func(now func() time.Time) (store.Store, error) {
		return redis.Open(context.Background(), server.URL, redis.Options{Now: now})
	})
}

// tableWorld is issuers that share a database, which resource servers read by
// connections of their own.
type tableWorld struct {
	open    func(now func() time.Time) (store.Store, error)
	seconds atomic.Int64
	private []byte // the key that tokens are encrypted to, as a JWK
	keyFile string // the same
}

func (w *tableWorld) now() time.Time { return time.Unix(w.seconds.Load(), 0) }

func (w *tableWorld) store(t *testing.T) store.Store {
	t.Helper()
	s := storetest.OpenReady(t, func() (store.Store, error) { return w.open(w.now) })
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// issuer serves one that keeps tokens so.
func (w *tableWorld) issuer(t *testing.T, id string, kept issuer.Persistence) *httptest.Server {
	t.Helper()
	client := func(id string, c issuer.Client) issuer.Client {
		c.ID, c.Secret, c.Scopes = id, "change-me", []string{"read"}
		return c
	}
	i, err := issuer.New(issuer.Config{Issuer: id, Resource: "https://api.example", Persistence: kept, Clients: []issuer.Client{
		client("opaque", issuer.Client{Form: "opaque"}), client("brief", issuer.Client{Form: "opaque", Lifetime: 60}),
		client("ES256", issuer.Client{Form: "ES256"}),
		client("JWE", issuer.Client{Form: "ES256", Encrypt: issuer.Encryption{Alg: "ECDH-ES", Enc: "A256GCM", JWK: w.private}}),
	}}, issuer.Options{Store: w.store(t), Now: w.now})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	return server
}

// reader is a resource server's strategy over the table, which it reads as the file says.
func (w *tableWorld) reader(t *testing.T, jwks, form string, encrypted bool) verifier.Strategy {
	t.Helper()
	opaque, selfContained, err := issuer.ParsePersistence(strings.NewReader(form), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	config := verifier.Config{
		Issuer: "https://issuer.example", Resource: "https://api.example", IntrospectionEndpoint: "http://127.0.0.1:1/introspect",
		JWKSURI: jwks + "/jwks", ClientID: "api", ClientSecret: "change-me", Algorithms: []string{"ES256"}, Cache: verifier.DefaultCache(),
	}
	if encrypted {
		config.Decrypt = []verifier.Decryption{{Alg: "ECDH-ES", Enc: "A256GCM", JWKFile: w.keyFile}}
	}
	v, err := verifier.New(config, verifier.Options{Now: w.now, Table: &verifier.Table{Tokens: w.store(t), Opaque: opaque, SelfContained: selfContained}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	s, _ := v.Strategy(verifier.SharedDB)
	return s
}

// sharedDBOn: what a database has is read as what it is, for every form of token.
func sharedDBOn(t *testing.T, open func(now func() time.Time) (store.Store, error)) {
	dir := t.TempDir()
	w := &tableWorld{open: open, keyFile: filepath.Join(dir, "jwk")}
	w.seconds.Store(time.Now().Unix())
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err == nil {
		w.private, err = jose.JSONWebKey{Key: key}.MarshalJSON()
	}
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		err = errors.Join(err, os.WriteFile(path, data, 0o600))
		return path
	}
	file("jwk", w.private)
	atRest := func(fill byte) issuer.AtRest {
		secret := base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{fill}, 32))
		return issuer.AtRest{Kind: issuer.Encrypted, KeyFile: file("secret-"+string(fill), []byte(secret))}
	}
	right, wrong := atRest('r'), atRest('w')
	if err != nil {
		t.Fatal(err)
	}
	const claimsForm = `self_contained: {keep: claims}`
	sealed := func(a issuer.AtRest) string {
		return `{opaque: {keep: token, at_rest: {kind: encrypted, key_file: ` + a.KeyFile + `}}, self_contained: {keep: token, at_rest: {kind: encrypted, key_file: ` + a.KeyFile + `}}}`
	}
	ours := w.issuer(t, "https://issuer.example", issuer.Persistence{SelfContained: issuer.Kept{Keep: "claims"}})
	other := w.issuer(t, "https://other.example", issuer.Persistence{SelfContained: issuer.Kept{Keep: "claims"}})
	locked := w.issuer(t, "https://issuer.example", issuer.Persistence{
		Opaque: issuer.Kept{Keep: "token", AtRest: right}, SelfContained: issuer.Kept{Keep: "token", AtRest: right}})

	for _, test := range []struct {
		name     string
		issuer   *httptest.Server
		client   string
		form     string // by which the table is read
		seconds  int64  // that pass before
		accepted bool
	}{
		{"opaque", ours, "opaque", claimsForm, 0, true},
		{"self-contained", ours, "ES256", claimsForm, 0, true},
		{"encrypted", ours, "JWE", claimsForm, 0, true},
		{"of another issuer", other, "opaque", claimsForm, 0, false},
		{"self-contained, of another issuer", other, "ES256", claimsForm, 0, false},
		{"shortly before its end", ours, "brief", claimsForm, 59, true},
		{"expired", ours, "brief", claimsForm, 60, false},
		{"sealed, opaque", locked, "opaque", sealed(right), 0, true},
		{"sealed, self-contained", locked, "ES256", sealed(right), 0, true},
		{"sealed, encrypted", locked, "JWE", sealed(right), 0, true},
		{"sealed by another key, opaque", locked, "opaque", sealed(wrong), 0, false},
		{"sealed by another key, self-contained", locked, "ES256", sealed(wrong), 0, false},
		{"sealed by another key, encrypted", locked, "JWE", sealed(wrong), 0, false},
		{"sealed, read as hashed", locked, "opaque", claimsForm, 0, false},
	} {
		var granted struct {
			Token string `json:"access_token"`
		}
		body := post(t, test.issuer.URL+"/token", test.client, url.Values{"grant_type": {"client_credentials"}})
		if err := json.Unmarshal(body, &granted); err != nil || granted.Token == "" {
			t.Fatalf("%s: no token: %v", test.name, err)
		}
		s := w.reader(t, test.issuer.URL, test.form, test.client == "JWE")
		w.seconds.Add(test.seconds)
		judge := func(accepted bool) {
			t.Helper()
			said, err := s.Judge(t.Context(), granted.Token)
			var invalid *verifier.InvalidToken
			if accepted && (err != nil || said.ClientID != test.client || !said.HasScope("read")) || !accepted && !errors.As(err, &invalid) {
				t.Errorf("%s: %+v, %v", test.name, said, err)
			}
		}
		judge(test.accepted)
		if test.accepted { // by who has nothing but the database in common with the issuer
			post(t, test.issuer.URL+"/revoke", test.client, url.Values{"token": {granted.Token}})
			judge(false)
		}
	}
}
