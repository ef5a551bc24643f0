package issuer

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// failingStore fails from the given call on, and counts them.
type failingStore struct {
	store.Store
	left atomic.Int64
}

func (s *failingStore) fails() error {
	if s.left.Add(-1) < 0 {
		return errBroken
	}
	return nil
}

func (s *failingStore) Put(ctx context.Context, k store.Key, r store.Record) error {
	if err := s.fails(); err != nil {
		return err
	}
	return s.Store.Put(ctx, k, r)
}

func (s *failingStore) Get(ctx context.Context, k store.Key) (store.Record, bool, error) {
	if err := s.fails(); err != nil {
		return store.Record{}, false, err
	}
	return s.Store.Get(ctx, k)
}

func (s *failingStore) Use(ctx context.Context, k store.Key) (store.Record, bool, error) {
	if err := s.fails(); err != nil {
		return store.Record{}, false, err
	}
	return s.Store.Use(ctx, k)
}

func (s *failingStore) Remember(ctx context.Context, k store.Key, until int64) (bool, error) {
	if err := s.fails(); err != nil {
		return false, err
	}
	return s.Store.Remember(ctx, k, until)
}

func (s *failingStore) Revoke(ctx context.Context, subject store.Subject, expires int64) error {
	if err := s.fails(); err != nil {
		return err
	}
	return s.Store.Revoke(ctx, subject, expires)
}

func (s *failingStore) Revoked(ctx context.Context, subjects ...store.Subject) (bool, error) {
	if err := s.fails(); err != nil {
		return false, err
	}
	return s.Store.Revoked(ctx, subjects...)
}

// With a store that is down, each endpoint that needs it says so, and when to ask again;
// the others answer.
func TestEveryEndpointUnavailable(t *testing.T) {
	t.Parallel()
	i := newIssuerOn(t, listedConfig(), newClock(), brokenStore{})
	opaque := strings.Repeat("x", token.OpaqueLength)
	bearer := http.Header{"Authorization": {"Bearer " + opaque}}
	needs := map[string]request{
		pathToken:                        ask("app", url.Values{"grant_type": {"client_credentials"}}),
		pathIntrospection:                {id: "rs", secret: "s-rs", body: "token=" + opaque},
		pathRevocation:                   {id: "app", secret: "s-app", body: "token=" + opaque},
		pathStatus:                       {id: "rs", secret: "s-rs", body: "jti=" + strings.Repeat("x", token.IDLength)},
		pathUserinfo:                     {method: "GET", header: bearer},
		pathDenylist:                     {method: "GET"},
		pathEvents:                       {method: "GET", id: "rs", secret: "s-rs"},
		pathStatusLists + "0123456789ab": {method: "GET"},
	}
	for path, q := range needs {
		q.path = path
		if w := do(i, q); w.Code != 503 || w.Header().Get("Retry-After") == "" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d, headers %v", path, w.Code, w.Header())
		}
	}
	for _, path := range []string{pathJWKS, pathMetrics, pathMetadata, pathOpenID, pathResourceMetadata, pathHealth} {
		if w := do(i, request{method: "GET", path: path}); w.Code != 200 {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
	// RFC 6749, section 4.1.2.1: a browser can't be told by a status.
	if got := visit(t, i, authorization("app")); got.Get("error") != "temporarily_unavailable" {
		t.Errorf("%s: error %q", pathAuthorization, got.Get("error"))
	}
	for _, r := range i.offers() {
		if _, tried := needs[r.path]; !tried && r.path != pathStatusLists && r.path != pathAuthorization && r.path != pathJWKS && r.path != pathMetrics {
			t.Errorf("%s isn't tried", r.path)
		}
	}
}

// At whichever call the store fails, the answer is 503, and never that a credential
// is bad or a token inactive.
func TestStoreFailsAnywhere(t *testing.T) {
	t.Parallel()
	clk := newClock()
	memory := store.NewMemory(clk.now, sweepPeriod)
	defer memory.Close()
	s := &failingStore{Store: memory}
	i := newIssuerOn(t, partyConfig(), clk, s)
	whole := func() { s.left.Store(1 << 30) }
	whole()
	signed := text(granted(t, i, ask("signed", passwordOf("alice"))), "access_token")
	n := 0
	assertion := func() string {
		n++
		return sign(t, "https://idp.example", claims{"iss": "https://idp.example", "sub": "u", "aud": testIssuer,
			"exp": clk.now().Unix() + 60, "jti": strconv.Itoa(n)}, nil)
	}
	for name, make := range map[string]func() request{
		"password":      func() request { return ask("app", passwordOf("alice")) },
		"introspection": func() request { return request{path: "/introspect", id: "rs", secret: "s-rs", body: "token=" + signed} },
		"refresh": func() request {
			return ask("app", refreshOf(text(granted(t, i, ask("app", passwordOf("alice"))), "refresh_token")))
		},
		"reuse": func() request {
			q := ask("app", refreshOf(text(granted(t, i, ask("app", passwordOf("alice"))), "refresh_token")))
			granted(t, i, q)
			return q
		},
		"code": func() request { return ask("app", codeOf(visit(t, i, authorization("app")).Get("code"))) },
		"assertion": func() request {
			return ask("app", url.Values{"grant_type": {string(JWTBearer)}, "assertion": {assertion()}})
		},
	} {
		for calls := int64(0); ; calls++ {
			whole()
			q := make()
			s.left.Store(calls)
			w := do(i, q)
			if s.left.Load() >= 0 { // it came through
				if calls == 0 {
					t.Errorf("%s: the store was never asked", name)
				}
				break
			}
			wantProblem(t, w, 503, "temporarily_unavailable")
		}
	}
	s.left.Store(0)
	if got := visit(t, i, authorization("app")); got.Get("error") != "temporarily_unavailable" {
		t.Errorf("authorization: error %q", got.Get("error"))
	}
}
