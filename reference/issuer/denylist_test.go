package issuer

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/oauthmark/oauthmark/reference/store"
)

func download(t testing.TB, i *Issuer, query string) (denylist, *httptest.ResponseRecorder) {
	t.Helper()
	w := do(i, request{method: "GET", path: pathDenylist + query, media: "none"})
	var d denylist
	if w.Code == 200 {
		if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
	}
	return d, w
}

func jtiOf(t testing.TB, i *Issuer, tok string) string {
	t.Helper()
	return text(object(t, introspect(i, tok)), "jti")
}

func TestDenylist(t *testing.T) {
	t.Parallel()
	clk := newClock()
	c := partyConfig()
	c.ListInterval = 7
	i := newIssuer(t, c, clk)
	empty, w := download(t, i, "")
	if w.Body.String() == "" || empty.Issuer != testIssuer || empty.Interval != 7 || len(empty.Revoked) != 0 || empty.More {
		t.Errorf("at first: %s", w.Body)
	}
	if got := w.Header().Get("Cache-Control"); got != "public, max-age=7" {
		t.Errorf("Cache-Control is %q", got)
	}
	var want []revoked
	for _, id := range allForms {
		tok := obtain(t, i, id, "")
		want = append(want, revoked{JTI: jtiOf(t, i, tok), Expires: clk.now().Unix() + 3600})
		giveBack(i, id, tok, "")
	}
	d, w := download(t, i, "")
	tag := w.Header().Get("ETag")
	if len(d.Revoked) != len(want) {
		t.Fatalf("%d revocations, want %d", len(d.Revoked), len(want))
	}
	for n := range want {
		if d.Revoked[n] != want[n] {
			t.Errorf("revocation %d is %v, want %v", n, d.Revoked[n], want[n])
		}
	}
	// Unchanged, changed, and only what has come since.
	if w := do(i, request{method: "GET", path: pathDenylist, header: http.Header{"If-None-Match": {`"x", W/` + tag}}}); w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("unchanged: status %d, %d bytes", w.Code, w.Body.Len())
	}
	m := granted(t, i, ask("signed", passwordOf("alice")))
	jti := jtiOf(t, i, text(m, "access_token"))
	giveBack(i, "signed", text(m, "refresh_token"), "")
	if _, w := download(t, i, ""); w.Header().Get("ETag") == tag {
		t.Error("the list has changed, and its ETag has not")
	}
	since, _ := download(t, i, "?after="+d.Cursor)
	family := false
	for _, r := range since.Revoked {
		family = family || r.Family != "" && r.JTI == "" && jti[:len(r.Family)] == r.Family
	}
	if !family || len(since.Revoked) > 2 {
		t.Errorf("since the cursor: %v", since.Revoked)
	}
	if rest, _ := download(t, i, "?after="+since.Cursor); len(rest.Revoked) != 0 || rest.Cursor != since.Cursor {
		t.Errorf("after the last one: %v", rest)
	}
	clk.advance(3600)
	if d, _ := download(t, i, ""); len(d.Revoked) != 2 {
		t.Errorf("%d revocations are listed after the access tokens' expiry, want the family and its refresh token", len(d.Revoked))
	}
}

func TestDenylistRefused(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, testConfig(), clk)
	other, _ := download(t, newIssuer(t, testConfig(), clk), "")
	for name, query := range map[string]string{"not a cursor": "?after=x", "of a list that is gone": "?after=" + other.Cursor,
		"no place": "?after=" + i.listName, "no number": "?after=" + i.listName + "x", "twice": "?after=1&after=1", "encoding": "?after=%zz"} {
		_, w := download(t, i, query)
		if w.Code != 400 || object(t, w)["error"] != "invalid_request" {
			t.Errorf("%s: status %d: %s", name, w.Code, w.Body)
		}
	}
	if w := do(i, request{path: pathDenylist}); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: status %d", w.Code)
	}
	broken := newIssuerOn(t, testConfig(), newClock(), brokenStore{})
	if _, w := download(t, broken, ""); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("store down: status %d", w.Code)
	}
}

// A list of a durable store goes on after a restart.
func TestDenylistRestart(t *testing.T) {
	t.Parallel()
	clk := newClock()
	shared := store.NewMemory(clk.now, sweepPeriod)
	defer shared.Close()
	var d denylist
	for n := range 2 {
		i := newIssuerOn(t, testConfig(), clk, shared)
		giveBack(i, "ES256", obtain(t, i, "ES256", ""), "")
		query := ""
		if n > 0 {
			query = "?after=" + d.Cursor
		}
		if d, _ = download(t, i, query); len(d.Revoked) != 1 {
			t.Errorf("run %d: %d revocations, want 1", n, len(d.Revoked))
		}
		i.Close()
	}
}
