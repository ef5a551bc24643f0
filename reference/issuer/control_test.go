package issuer

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/sqlite"
)

func TestControl(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i, err := New(Config{Issuer: testIssuer, Resource: testResource, Clients: testConfig().Clients[:3:3],
		Introspector: Introspector{ID: "rs", Secret: "s-rs"}}, Options{Now: clk.now}) // keys of its own
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	control := i.Control()
	call := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		control.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w
	}
	// A rotation signs with another key, and tokens of the old one stay good.
	old := obtain(t, i, "ES256", "")
	before, _ := i.ring.ByAlgorithm("ES256")
	m := object(t, call("POST", "/rotate?alg=ES256"))
	after, _ := i.ring.ByAlgorithm("ES256")
	if before == after || m["kid"] != after.ID {
		t.Errorf("rotation answered %v", m)
	}
	fresh := obtain(t, i, "ES256", "")
	if !active(t, i, old) || !active(t, i, fresh) {
		t.Error("a token isn't active after the rotation")
	}
	giveBack(i, "ES256", fresh, "")
	m = object(t, call("GET", "/counters"))
	forms, _ := m["access_tokens"].(map[string]any)
	if forms["ES256"] != 2.0 || m["introspections_active"] != 2.0 || m["introspections_inactive"] != 0.0 || m["revocations"] != 1.0 {
		t.Errorf("counters: %v", m)
	}
	r := httptest.NewRequest("POST", "/rotate?alg=ES256", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	if control.ServeHTTP(w, r); w.Code != 403 {
		t.Errorf("a page of another site: status %d", w.Code)
	}
	// The clock: of the tokens, and of the issuer's own store.
	kept := obtain(t, i, "opaque", "")
	m = object(t, call("POST", "/clock?shift=3600"))
	if m["shift_s"] != 3600.0 || m["now"] != float64(clk.now().Unix()+3600) {
		t.Errorf("clock: %v", m)
	}
	if active(t, i, kept) || active(t, i, old) {
		t.Error("a token is active an hour later")
	}
	call("POST", "/clock?shift=0")
	if m := object(t, call("GET", "/clock")); m["shift_s"] != 0.0 || !active(t, i, old) {
		t.Errorf("back in time: %v", m)
	}
	for path, status := range map[string]int{"/rotate?alg=RS512": 400, "/rotate": 400, "/rotate?alg=none": 400,
		"/clock?shift=x": 400, "/clock": 400, "/clock?shift=9999999999": 400, "/counters": 405, "/token": 404} {
		if w := call("POST", path); w.Code != status {
			t.Errorf("POST %s: status %d, want %d", path, w.Code, status)
		}
	}
	// None of it is served to the public.
	for _, path := range []string{"/rotate", "/counters", "/clock"} {
		if w := do(i, request{path: path}); w.Code != 404 {
			t.Errorf("public %s: status %d", path, w.Code)
		}
	}
}

// An HMAC key can't be rotated, and the answer says why.
func TestRotationRefused(t *testing.T) {
	t.Parallel()
	i := newIssuerWith(t, keyedConfig("", keys.HS256), Options{})
	if w := rotate(i, "HS256"); w.Code != 400 || !strings.Contains(w.Body.String(), "resource servers couldn't follow") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

// The clock of a store that is given is shifted with the issuer's, where it is the
// same: refresh tokens expire by it, what is issued in the past is kept, and what is
// revoked there is listed.
func TestControlClockOfStore(t *testing.T) {
	t.Parallel()
	clk := newClock()
	ring := testRing(t)
	clock := NewClock(clk.now)
	for name, open := range map[string]func() (store.Store, error){
		"memory": func() (store.Store, error) { return store.NewMemory(clock.Now, sweepPeriod), nil },
		"sqlite": func() (store.Store, error) {
			return sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "t.db"), sqlite.Options{Now: clock.Now})
		},
	} {
		t.Run(name, func(t *testing.T) {
			kept, err := open()
			if err != nil {
				t.Fatal(err)
			}
			defer kept.Close()
			i := newIssuerWith(t, partyConfig(), Options{Clock: clock, Keys: ring, Store: kept})
			shift := func(seconds string) {
				t.Helper()
				w := httptest.NewRecorder()
				i.Control().ServeHTTP(w, httptest.NewRequest("POST", "/clock?shift="+seconds, nil))
				if w.Code != 200 {
					t.Fatalf("status %d: %s", w.Code, w.Body)
				}
			}
			refresh := text(granted(t, i, ask("app", passwordOf("alice"))), "refresh_token")
			shift("10000") // as long as it lives
			wantCode(t, do(i, ask("app", refreshOf(refresh))), "invalid_grant")
			shift("-100000")
			for _, id := range []string{"opaque", "ES256"} {
				tok := obtain(t, i, id, "")
				jti := jtiOf(t, i, tok)
				if !active(t, i, tok) {
					t.Errorf("%s: a token isn't active when it is issued", id)
				}
				wantRevoked(t, giveBack(i, id, tok, ""))
				if m := object(t, statusOf(i, jti)); m["status"] != statusRevoked {
					t.Errorf("%s: a revoked token is %v", id, m["status"])
				}
			}
			shift("0")
		})
	}
	// One that has a clock of its own would tell another time than the issuer.
	own := store.NewMemory(clk.now, sweepPeriod)
	defer own.Close()
	i := newIssuerOn(t, testConfig(), clk, own)
	w := httptest.NewRecorder()
	i.Control().ServeHTTP(w, httptest.NewRequest("POST", "/clock?shift=60", nil))
	if w.Code != 409 || object(t, func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		i.Control().ServeHTTP(w, httptest.NewRequest("GET", "/clock", nil))
		return w
	}())["shift_s"] != 0.0 {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}
