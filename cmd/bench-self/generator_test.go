//go:build unix

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/oauthmark/oauthmark/targets"
)

// A server is asked as a client asks, about one token after the other, and one that
// answers wrongly has no figure: it may be fast for that.
func TestGenerator(t *testing.T) {
	t.Parallel()
	token := func(n uint64) string { return fmt.Sprintf("%0*d", tokenLength, n) }
	for _, c := range []struct {
		status int
		answer string
		fails  bool
	}{
		{200, `{"active":true,"sub":"x"}`, false},
		{200, `{"active":false,"sub":"x"}`, true},
		{200, `{}`, true},
		{401, `{"active":true,"sub":"x"}`, true},
	} {
		var mu sync.Mutex
		seen := map[string]bool{}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			id, secret, _ := r.BasicAuth()
			seen[id+" "+secret+" "+r.PostFormValue("token")] = true
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.answer))
		}))
		defer server.Close()
		g, err := newIntrospecting(server.URL+"/introspect", targets.Client{ID: "rs", Secret: "s"}, token)
		if err != nil {
			t.Fatal(err)
		}
		defer g.close()
		n, err := g.sending(100)(context.Background())
		if (err != nil) != c.fails || err != nil && strings.Contains(err.Error(), "sub") {
			t.Errorf("%d %s: %v", c.status, c.answer, err)
		}
		if !c.fails && (n == 0 || n > 100 || int(n) != len(seen) || !seen["rs s "+token(1)]) {
			t.Errorf("%d answers to %d requests: %v", n, len(seen), seen)
		}
	}
}
