//go:build unix

package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/storetest"
)

// patience is how long a store may take to be ready, or back.
const patience = 30 * time.Second

// TestStoreOutage runs the issuer on each store that outlives it, takes the store
// away while tokens are being revoked, and brings it back.
func TestStoreOutage(t *testing.T) {
	for name, make := range map[string]func(testing.TB) outage{
		issuer.StoreSQLite: lockedFile, issuer.StorePostgres: killed(storetest.Postgres), issuer.StoreRedis: killed(storetest.Redis),
	} {
		t.Run(name, func(t *testing.T) {
			o := make(t)
			p := partyOn(t, o.url)
			p.lives(t)
			kept := p.token(t, "password").Access
			confirmed := p.storm(t, o.down)
			p.unavailable(t, kept)
			o.up()
			for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
				if status, about := p.introspect(t, kept); status == http.StatusOK && about.Active {
					break
				} else if status == http.StatusOK || time.Now().After(deadline) {
					t.Fatalf("the issuer doesn't recover: status %d, active %v", status, about.Active)
				}
			}
			for _, tok := range confirmed {
				if status, about := p.introspect(t, tok); status != http.StatusOK || about.Active {
					t.Errorf("a revocation that was answered 200 is lost: status %d", status)
				}
			}
			t.Logf("%d revocations were answered before the outage", len(confirmed))
			p.lives(t)
		})
	}
}

// outage is a store that can be taken away.
type outage struct {
	url      string
	down, up func()
}

// killed is a server that ends with SIGKILL.
func killed(start func(testing.TB) *storetest.Server) func(testing.TB) outage {
	return func(t testing.TB) outage {
		s := start(t)
		if !s.Ours() {
			t.Skip("this server isn't ours to kill: run make test-stores")
		}
		return outage{s.URL, s.Kill, func() { s.Start(t) }}
	}
}

// lockedFile is a file whose locks another process holds.
func lockedFile(t testing.TB) outage {
	if os.Getenv("OAUTHMARK_TEST_STORES") == "" {
		t.Skip("takes as long as SQLite waits for a lock: run make test-stores")
	}
	path := filepath.Join(t.TempDir(), "store.db")
	l := &lock{path: path + "-shm"}
	t.Cleanup(l.release)
	return outage{"sqlite:" + path, func() { l.hold(t) }, l.release}
}

// partyOn serves an issuer on a store.
func partyOn(t *testing.T, at string) *party {
	s := storetest.OpenReady(t, func() (store.Store, error) { return openStore(t.Context(), issuer.StoreURL(at), time.Now) })
	both := []issuer.GrantType{issuer.ClientCredentials, issuer.Password, issuer.RefreshToken, issuer.AuthorizationCode}
	i, err := issuer.New(issuer.Config{
		Issuer: "https://as.example", Resource: "https://api.example", PasswordGrant: true, HeadlessConsent: true,
		Users: []issuer.User{{Name: "alice", Password: "pw"}},
		Clients: []issuer.Client{{ID: "app", Secret: "s", Form: "opaque", Scopes: []string{"openid"}, Grants: both,
			RedirectURIs: []string{"https://app.example/cb"}}},
	}, issuer.Options{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(i)
	t.Cleanup(func() {
		server.Close()
		if err := i.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &party{server.URL}
}

// lives issues, introspects, refreshes and revokes.
func (p *party) lives(t *testing.T) {
	t.Helper()
	first := p.token(t, "password")
	status, second := p.grant(t, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first.Refresh}})
	if status != http.StatusOK {
		t.Fatalf("refresh: status %d", status)
	}
	alone := p.token(t, "client_credentials").Access
	var ids []string
	for _, tok := range []string{first.Access, second.Access, alone} {
		status, about := p.introspect(t, tok)
		if status != http.StatusOK || !about.Active || about.ID == "" {
			t.Fatalf("introspect: status %d, active %v", status, about.Active)
		}
		ids = append(ids, about.ID)
		if got := p.status(t, about.ID); got != "good" {
			t.Errorf("status %q, want good", got)
		}
	}
	// RFC 7009, section 2.1: with the refresh token go the tokens of its grant.
	if status := p.revoke(t, second.Refresh); status != http.StatusOK {
		t.Fatalf("revoke: status %d", status)
	}
	for n, tok := range []string{first.Access, second.Access, alone} {
		word, active := "revoked", n == 2
		if active {
			word = "good"
		}
		if status, about := p.introspect(t, tok); status != http.StatusOK || about.Active != active {
			t.Errorf("token %d: status %d, active %v", n, status, about.Active)
		}
		if got := p.status(t, ids[n]); got != word {
			t.Errorf("token %d: status %q, want %q", n, got, word)
		}
	}
	if status, _ := p.grant(t, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {second.Refresh}}); status != http.StatusBadRequest {
		t.Errorf("a revoked refresh token: status %d", status)
	}
}

// storm issues and revokes until the store is gone, and returns the tokens whose
// revocation was answered.
func (p *party) storm(t *testing.T, down func()) (confirmed []string) {
	const workers, enough = 8, 150
	var mu sync.Mutex
	var all sync.WaitGroup
	reached := make(chan struct{})
	once := sync.OnceFunc(func() { close(reached) })
	for range workers {
		all.Go(func() {
			for {
				status, tok := p.grant(t, url.Values{"grant_type": {"client_credentials"}})
				if status == http.StatusOK {
					status = p.revoke(t, tok.Access)
				}
				if status != http.StatusOK {
					if status != http.StatusServiceUnavailable {
						t.Errorf("during the outage: status %d", status)
					}
					once() // or nobody would take the store away after an early failure
					return
				}
				mu.Lock()
				if confirmed = append(confirmed, tok.Access); len(confirmed) >= enough {
					once()
				}
				mu.Unlock()
			}
		})
	}
	<-reached
	down()
	all.Wait()
	if len(confirmed) < enough {
		t.Errorf("only %d revocations before the outage", len(confirmed))
	}
	return slices.Clone(confirmed)
}

// unavailable asks every endpoint that needs the store: at the same time, for each
// may take as long as the store gives itself.
func (p *party) unavailable(t *testing.T, tok string) {
	var all sync.WaitGroup
	for _, q := range p.everything(tok) {
		all.Go(func() {
			if status := q.send(t); status != http.StatusServiceUnavailable {
				t.Errorf("%s: status %d with no store", q.name, status)
			}
		})
	}
	all.Wait()
	// RFC 6749, section 4.1.2.1: a user agent is sent on, and can't be with a 503.
	if got := p.authorize(t); got != "temporarily_unavailable" {
		t.Errorf("authorize: error %q with no store", got)
	}
	for _, path := range []string{"/jwks", "/healthz", "/.well-known/oauth-authorization-server"} {
		if status := p.get(t, path); status != http.StatusOK {
			t.Errorf("%s needs no store: status %d", path, status)
		}
	}
}
