package issuer

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Many clients at once: no token and no jti comes twice, and each answer is about
// the token that was asked about.
func TestConcurrently(t *testing.T) {
	t.Parallel()
	const workers, each = 8, 60
	clk := newClock()
	i := newIssuer(t, testConfig(), clk)
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			form := allForms[w%len(allForms)]
			n := each
			if form == "RS256" {
				n /= 6 // slow to sign, the more so under the race detector
			}
			for range n {
				w := do(i, request{path: "/token", id: form, secret: "s-" + form, body: plainGrant})
				tok, _ := object(t, w)["access_token"].(string)
				m := object(t, introspect(i, tok))
				if m["active"] != true || m["client_id"] != form {
					t.Errorf("%s: active %v, client_id %v", form, m["active"], m["client_id"])
				}
				jti, _ := m["jti"].(string)
				mu.Lock()
				if tok == "" || seen[tok] || seen[jti] {
					t.Errorf("%s: no token, or one that came before", form)
				}
				seen[tok], seen[jti] = true, true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// Over a connection: a body of any length is answered, declared or not.
func TestLargeBody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newIssuer(t, testConfig(), newClock()))
	defer server.Close()
	for name, declared := range map[string]bool{"declared": true, "chunked": false} {
		for size, want := range map[int]int{100: http.StatusOK, maxBody + 1: http.StatusRequestEntityTooLarge} {
			text := plainGrant + "&x=" + strings.Repeat("y", size-len(plainGrant)-3)
			var body io.Reader = strings.NewReader(text)
			if !declared {
				body = io.MultiReader(body)
			}
			r, err := http.NewRequest(http.MethodPost, server.URL+"/token", body)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.SetBasicAuth("opaque", "s-opaque")
			res, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != want {
				t.Errorf("%s, %d bytes: status %d, want %d", name, size, res.StatusCode, want)
			}
		}
	}
}

// The declared length alone is no reason to set memory aside.
func TestHugeDeclaration(t *testing.T) {
	t.Parallel()
	r := request{path: "/token", id: "opaque", secret: "s-opaque", body: plainGrant}.http()
	r.ContentLength = 1 << 60
	w := httptest.NewRecorder()
	newIssuer(t, testConfig(), newClock()).ServeHTTP(w, r)
	wantProblem(t, w, http.StatusRequestEntityTooLarge, "invalid_request")
}

// A body that ends before its declared length is not a request.
func TestShortBody(t *testing.T) {
	t.Parallel()
	r := request{path: "/token", id: "opaque", secret: "s-opaque", body: plainGrant}.http()
	r.ContentLength++
	w := httptest.NewRecorder()
	newIssuer(t, testConfig(), newClock()).ServeHTTP(w, r)
	wantProblem(t, w, http.StatusBadRequest, "invalid_request")
}
