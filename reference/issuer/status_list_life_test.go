package issuer

import (
	"errors"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/store/sqlite"
)

// In a store that outlives the process, a revoked token is listed until it expires,
// wherever it is looked up, and its list is served.
func TestRevokedThroughRestart(t *testing.T) {
	t.Parallel()
	clk := newClock()
	path := filepath.Join(t.TempDir(), "store.db")
	restart := func() (*Issuer, func()) {
		s, err := sqlite.Open(t.Context(), path, sqlite.Options{Now: clk.now})
		if err != nil {
			t.Fatal(err)
		}
		i := newIssuerOn(t, listedConfig(), clk, s)
		return i, func() {
			if err := errors.Join(i.Close(), s.Close()); err != nil {
				t.Error(err)
			}
		}
	}
	i, end := restart()
	tok := obtain(t, i, "ES256", "")
	p := placeOf(t, tok)
	giveBack(i, "ES256", tok, "")
	end()
	clk.advance(DefaultLifetime - 1)
	i, end = restart()
	if _, bits := fetchList(t, i, p.Status.List.URI); !p.revoked(bits) {
		t.Error("the status list has it as valid")
	}
	if m := object(t, statusOf(i, p.JTI)); m["status"] != statusRevoked {
		t.Errorf("status: %v", m)
	}
	denied := func(i *Issuer) bool {
		return strings.Contains(do(i, request{method: "GET", path: pathDenylist}).Body.String(), p.JTI)
	}
	if !denied(i) || active(t, i, tok) {
		t.Error("it isn't on the denylist, or active")
	}
	end()
	clk.advance(1)
	i, end = restart()
	defer end()
	if denied(i) {
		t.Error("it is on the denylist after its expiry")
	}
}

// What was revoked of lists whose tokens have expired isn't kept in mind.
func TestStatusListsAreForgotten(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, listedConfig(), clk)
	for day := range 5 {
		tok := obtain(t, i, "ES256", "")
		giveBack(i, "ES256", tok, "")
		p := placeOf(t, tok)
		if _, bits := fetchList(t, i, p.Status.List.URI); !p.revoked(bits) {
			t.Errorf("day %d: not revoked", day)
		}
		if n := len(i.lists.held); n != 1 {
			t.Errorf("day %d: %d lists in mind", day, n)
		}
		clk.advance(statusListOpen)
		if _, bits := fetchList(t, i, p.Status.List.URI); len(bits) != statusListSize/8 {
			t.Errorf("day %d: the list is gone", day)
		}
		clk.advance(60)
	}
}

// A list can be verified with the published keys as long as it is served, also when it
// lives longer than the tokens and the key that signed it has been replaced.
func TestStatusListOutlivesRotation(t *testing.T) {
	t.Parallel()
	clk := newClock()
	c := testConfig()
	c.StatusList, c.ListInterval, c.Clients = true, 3*DefaultLifetime, c.Clients[2:3]
	i := newIssuerWith(t, c, Options{Now: clk.now})
	p := placeOf(t, obtain(t, i, "ES256", ""))
	fetchList(t, i, p.Status.List.URI)
	w := httptest.NewRecorder()
	if i.Control().ServeHTTP(w, httptest.NewRequest("POST", "/rotate?alg=ES256", nil)); w.Code != 200 {
		t.Fatalf("rotate: status %d", w.Code)
	}
	clk.advance(2 * DefaultLifetime)
	fetchList(t, i, p.Status.List.URI)
}
