package issuer

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
)

// giveBack asks for the revocation of a token, in the name of a client with a secret.
func giveBack(i *Issuer, id, tok, more string) *httptest.ResponseRecorder {
	q := request{path: pathRevocation, body: url.Values{"token": {tok}}.Encode() + more, id: id, secret: "s-" + id}
	return do(i, q)
}

func wantRevoked(t testing.TB, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, %d bytes, headers %v", w.Code, w.Body.Len(), w.Header())
	}
}

// An access token goes alone, whatever the hint, once or twice, and up to its expiry.
func TestRevokeAccess(t *testing.T) {
	t.Parallel()
	for _, id := range allForms {
		for name, hint := range map[string]string{"no hint": "", "hint": "&token_type_hint=access_token",
			"wrong hint": "&token_type_hint=refresh_token", "unknown hint": "&token_type_hint=x"} {
			t.Run(id+", "+name, func(t *testing.T) {
				t.Parallel()
				clk := newClock()
				i := newIssuer(t, testConfig(), clk)
				tok, other := obtain(t, i, id, ""), obtain(t, i, id, "")
				wantRevoked(t, giveBack(i, id, tok, hint))
				wantInactive(t, i, tok)
				wantRevoked(t, giveBack(i, id, tok, hint))
				if !active(t, i, other) {
					t.Error("another token of the client ended, too")
				}
				for range 3 {
					clk.advance(1199)
					wantInactive(t, i, tok)
				}
			})
		}
	}
}

// RFC 7009, section 2.1: the grant's access tokens go with a refresh token, those of
// earlier refreshes as well, and no other grant's.
func TestRevokeRefresh(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"app", "signed"} {
		for name, which := range map[string]int{"the last": 1, "a used one": 0} {
			t.Run(id+", "+name, func(t *testing.T) {
				t.Parallel()
				i := newIssuer(t, partyConfig(), newClock())
				first := granted(t, i, ask(id, passwordOf("alice")))
				second := granted(t, i, ask(id, refreshOf(text(first, "refresh_token"))))
				other := granted(t, i, ask(id, passwordOf("alice")))
				given := []map[string]any{first, second}[which]
				wantRevoked(t, giveBack(i, id, text(given, "refresh_token"), "&token_type_hint=access_token"))
				for _, m := range []map[string]any{first, second} {
					wantInactive(t, i, text(m, "access_token"))
					wantCode(t, do(i, ask(id, refreshOf(text(m, "refresh_token")))), "invalid_grant")
				}
				if !active(t, i, text(other, "access_token")) {
					t.Error("another grant ended, too")
				}
				granted(t, i, ask(id, refreshOf(text(other, "refresh_token"))))
			})
		}
	}
}

// An access token of a grant doesn't take the grant along.
func TestRevokeAccessOfGrant(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"app", "signed"} {
		i := newIssuer(t, partyConfig(), newClock())
		m := granted(t, i, ask(id, passwordOf("alice")))
		wantRevoked(t, giveBack(i, id, text(m, "access_token"), ""))
		wantInactive(t, i, text(m, "access_token"))
		m = granted(t, i, ask(id, refreshOf(text(m, "refresh_token"))))
		if !active(t, i, text(m, "access_token")) {
			t.Errorf("%s: a token of the same grant ended, too", id)
		}
	}
}

// What isn't a token of this issuer is answered 200 and changes nothing; what is
// another client's is refused and stays active.
func TestRevokeOther(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, partyConfig(), clk)
	elsewhere := partyConfig()
	elsewhere.Issuer += "/"
	foreign := newIssuer(t, elsewhere, clk)
	foreignTok := obtain(t, foreign, "ES256", "")
	for name, tok := range map[string]string{
		"unknown": strings.Repeat("x", 43), "short": "x", "not a JWT": "a.b.c", "of another issuer": foreignTok,
		"assertion key": "assertion\x00a\x00b",
	} {
		t.Run(name, func(t *testing.T) { wantRevoked(t, giveBack(i, "ES256", tok, "")) })
	}
	if !active(t, foreign, foreignTok) {
		t.Error("a token of another issuer ended")
	}
	m := granted(t, i, ask("app", passwordOf("alice")))
	signed := granted(t, i, ask("signed", passwordOf("alice")))
	for _, tok := range []string{obtain(t, i, "opaque", ""), obtain(t, i, "RS256", ""), text(m, "access_token"),
		text(m, "refresh_token"), text(signed, "access_token"), text(signed, "refresh_token")} {
		for _, by := range []string{"ES256", "app2", "rs"} {
			wantProblem(t, giveBack(i, by, tok, ""), 400, "invalid_grant")
		}
	}
	for _, m := range []map[string]any{m, signed} {
		if !active(t, i, text(m, "access_token")) {
			t.Error("another client has ended a token")
		}
	}
	granted(t, i, ask("app", refreshOf(text(m, "refresh_token"))))
	granted(t, i, ask("signed", refreshOf(text(signed, "refresh_token"))))
}

func TestRevokeRefused(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, testConfig(), newClock())
	tok := obtain(t, i, "opaque", "")
	good := "token=" + tok
	for name, c := range map[string]struct {
		q      request
		status int
		code   string
	}{
		"GET":               {request{method: "GET", id: "opaque", secret: "s-opaque", body: good}, 405, "invalid_request"},
		"no authentication": {request{body: good}, 401, "invalid_client"},
		"wrong secret":      {request{id: "opaque", secret: "x", body: good}, 401, "invalid_client"},
		"token missing":     {request{id: "opaque", secret: "s-opaque"}, 400, "invalid_request"},
		"token empty":       {request{id: "opaque", secret: "s-opaque", body: "token="}, 400, "invalid_request"},
		"token twice":       {request{id: "opaque", secret: "s-opaque", body: good + "&" + good}, 400, "invalid_request"},
		"in the query":      {request{path: pathRevocation + "?" + good, id: "opaque", secret: "s-opaque"}, 400, "invalid_request"},
		"too large":         {request{id: "opaque", secret: "s-opaque", body: "token=" + strings.Repeat("x", maxBody)}, 413, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.q.path == "" {
				c.q.path = pathRevocation
			}
			w := do(i, c.q)
			wantProblem(t, w, c.status, c.code)
			if strings.Contains(w.Body.String(), tok) {
				t.Error("the answer repeats the token")
			}
		})
	}
	if !active(t, i, tok) {
		t.Error("a refused request has ended the token")
	}
}

// A public client gives back what it got, and a stranger can't in its name.
func TestRevokePublic(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, partyConfig(), newClock())
	other := obtain(t, i, "opaque", "")
	for tok, status := range map[string]int{other: 400, strings.Repeat("y", 43): 200} {
		w := do(i, request{path: pathRevocation, body: url.Values{"token": {tok}, "client_id": {"public"}}.Encode()})
		if w.Code != status {
			t.Errorf("status %d, want %d", w.Code, status)
		}
	}
}

// RFC 7009, section 2.2.1: 503 when it isn't certain, with the time to ask again.
func TestRevokeUnavailable(t *testing.T) {
	t.Parallel()
	// The token is made by an issuer whose store works.
	clk := newClock()
	jwt := obtain(t, newIssuer(t, testConfig(), clk), "ES256", "")
	broken := newIssuerOn(t, testConfig(), clk, brokenStore{})
	for id, tok := range map[string]string{"opaque": strings.Repeat("x", 43), "ES256": jwt} {
		w := giveBack(broken, id, tok, "")
		wantProblem(t, w, 503, "temporarily_unavailable")
		if w.Header().Get("Retry-After") != "1" {
			t.Errorf("Retry-After is %q", w.Header().Get("Retry-After"))
		}
	}
	wantProblem(t, introspect(broken, jwt), 503, "temporarily_unavailable")
}

// What was revoked is so for every issuer on the same store, at once and after.
func TestRevokeShared(t *testing.T) {
	t.Parallel()
	clk := newClock()
	shared := store.NewMemory(clk.now, time.Hour)
	defer shared.Close()
	var both [2]*Issuer
	for n := range both {
		both[n] = newIssuerOn(t, testConfig(), clk, shared)
	}
	var wg sync.WaitGroup
	for _, id := range allForms {
		wg.Go(func() {
			for range 20 {
				tok := obtain(t, both[0], id, "")
				wantRevoked(t, giveBack(both[1], id, tok, ""))
				wantInactive(t, both[0], tok)
			}
		})
	}
	wg.Wait()
}

// Whatever is sent, the server doesn't fail, and strangers revoke nothing.
func FuzzRevoke(f *testing.F) {
	i := newIssuer(f, partyConfig(), newClock())
	tok := obtain(f, i, "ES256", "")
	opaque := obtain(f, i, "opaque", "")
	for _, seed := range []string{"token=" + tok, "token=" + opaque, "token=" + opaque + "&token_type_hint=refresh_token",
		"token=&token=x", "token=%00%ff", "token=a.b.c&client_id=app2", "%", "token=" + tok + "."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		w := do(i, request{path: pathRevocation, id: "app2", secret: "s-app2", body: body})
		if w.Code != 200 {
			var answer struct{ Error string }
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code >= 500 ||
				!slices.Contains(tokenErrors, answer.Error) {
				t.Errorf("status %d, error %q, %v", w.Code, answer.Error, err)
			}
		}
		if !active(t, i, tok) || !active(t, i, opaque) {
			t.Error("a stranger has revoked a token")
		}
	})
}
