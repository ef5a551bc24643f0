package issuer

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store/sqlite"
)

// An issuer whose database was removed says that it can't tell, and confirms nothing that
// the next one won't know of.
func TestStoreGone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps an open file in its place")
	}
	path := filepath.Join(t.TempDir(), "tokens.db")
	clk := newClock()
	s, err := sqlite.Open(context.Background(), path, sqlite.Options{Now: clk.now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	i := newIssuerOn(t, testConfig(), clk, s)
	tok := obtain(t, i, "opaque", "")
	if !active(t, i, tok) {
		t.Fatal("not active")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, giveBack(i, "opaque", tok, ""), 503, "temporarily_unavailable")
	time.Sleep(100 * time.Millisecond)
	wantProblem(t, introspect(i, tok), 503, "temporarily_unavailable")
	wantProblem(t, do(i, request{path: "/token", id: "opaque", secret: "s-opaque", body: plainGrant}), 503, "temporarily_unavailable")
}
