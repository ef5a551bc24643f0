package issuer

import (
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

func refreshOf(tok string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {tok}}
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"app", "signed"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			clk := newClock()
			i := newIssuer(t, partyConfig(), clk)
			first := granted(t, i, ask(id, passwordOf("alice")))
			clk.advance(100)
			second := granted(t, i, ask(id, merged(refreshOf(text(first, "refresh_token")), url.Values{"scope": {"write"}})))
			if second["scope"] != "write" || text(second, "refresh_token") == text(first, "refresh_token") {
				t.Errorf("scope %v, or the refresh token was not replaced", second["scope"])
			}
			// The narrower scope was of the access token alone.
			third := granted(t, i, ask(id, refreshOf(text(second, "refresh_token"))))
			about := object(t, introspect(i, text(third, "access_token")))
			if about["scope"] != "read write" || about["sub"] != "u-1" || about["username"] != "alice" {
				t.Errorf("after two refreshes: %v", about)
			}
			stranger := text(granted(t, i, ask(id, passwordOf("alice"))), "access_token")
			// The first one again: all of the authorization ends, and nothing else.
			wantCode(t, do(i, ask(id, refreshOf(text(first, "refresh_token")))), "invalid_grant")
			for _, m := range []map[string]any{first, second, third} {
				if active(t, i, text(m, "access_token")) {
					t.Error("a token outlived its family")
				}
			}
			wantCode(t, do(i, ask(id, refreshOf(text(third, "refresh_token")))), "invalid_grant")
			if !active(t, i, stranger) {
				t.Error("another authorization ended, too")
			}
		})
	}
}

func TestRefreshRefused(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, partyConfig(), clk)
	m := granted(t, i, ask("app", merged(passwordOf("alice"), url.Values{"scope": {"read"}})))
	tok := text(m, "refresh_token")
	for name, c := range map[string]struct {
		q    request
		code string
	}{
		"no token":              {ask("app", refreshOf("")), "invalid_request"},
		"unknown":               {ask("app", refreshOf("x")), "invalid_grant"},
		"an access token":       {ask("app", refreshOf(text(m, "access_token"))), "invalid_grant"},
		"another client's":      {ask("app2", refreshOf(tok)), "invalid_grant"},
		"a public client":       {ask("", merged(refreshOf(tok), url.Values{"client_id": {"public"}})), "invalid_grant"},
		"client without it":     {ask("once", refreshOf(tok)), "unauthorized_client"},
		"wider than granted":    {ask("app", merged(refreshOf(tok), url.Values{"scope": {"read write"}})), "invalid_scope"},
		"malformed scope":       {ask("app", merged(refreshOf(tok), url.Values{"scope": {"read  read"}})), "invalid_scope"},
		"unknown resource":      {ask("app", merged(refreshOf(tok), url.Values{"resource": {"urn:x"}})), "invalid_target"},
		"without authenticated": {ask("", merged(refreshOf(tok), url.Values{"client_id": {"app"}})), "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, do(i, c.q), c.code) })
	}
	// None of that has used it up, and no rotation prolongs it.
	clk.advance(9_999)
	tok = text(granted(t, i, ask("app", refreshOf(tok))), "refresh_token")
	clk.advance(1)
	wantCode(t, do(i, ask("app", refreshOf(tok))), "invalid_grant")
}

// Of many at the same time one is the first, and the others end what it gets.
func TestRefreshRace(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, partyConfig(), newClock())
	for range 20 {
		tok := text(granted(t, i, ask("app", passwordOf("alice"))), "refresh_token")
		var wg sync.WaitGroup
		var got atomic.Int32
		var access atomic.Value
		for range 8 {
			wg.Go(func() {
				if w := do(i, ask("app", refreshOf(tok))); w.Code == 200 {
					got.Add(1)
					access.Store(text(object(t, w), "access_token"))
				}
			})
		}
		wg.Wait()
		if got.Load() > 1 {
			t.Fatalf("a refresh token was good for %d times", got.Load())
		}
		if tok, ok := access.Load().(string); ok && active(t, i, tok) {
			t.Fatal("the reuse did not end the family")
		}
	}
}
