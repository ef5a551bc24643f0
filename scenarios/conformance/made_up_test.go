package conformance_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/fault"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

func checkOf(t *testing.T, id string) []conformance.Check {
	t.Helper()
	for _, c := range all() {
		if c.ID == id {
			return []conformance.Check{c}
		}
	}
	t.Fatalf("no check %s", id)
	return nil
}

// A server that calls one made-up token in twenty active fails whatever is made up.
func TestMadeUpTokensAreManyTries(t *testing.T) {
	t.Parallel()
	const seeds = 20
	failed := 0
	for seed := range uint64(seeds) {
		clock := newClock()
		inst := reference(t, clock, func(iss *issuer.Issuer) (http.Handler, error) { return fault.Wrap("made-up-token-active", iss) })
		session := conformance.NewSession(inst, clock, seed)
		f := conformance.Judge(t.Context(), checkOf(t, "rfc7662/2.2/made-up-inactive"), session, func(int, string) {})[0]
		session.Close()
		if f.Verdict == results.Fail {
			failed++
		}
		if len(f.Evidence) == 0 || !strings.Contains(f.Evidence[len(f.Evidence)-1], `"active": true`) {
			t.Errorf("seed %d: %s, and its evidence isn't: %q", seed, f.Observed, f.Evidence)
		}
	}
	if failed < seeds-1 {
		t.Errorf("fails with %d of %d seeds", failed, seeds)
	}
}

// A server elsewhere, and a slow one, are asked less.
func TestMadeUpTokensAreBounded(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, url   string
		takes       time.Duration
		least, most int
	}{{"here", "", 0, 200, 210}, {"elsewhere", "https://as.example", 0, 20, 25}, {"slow", "", 300 * time.Millisecond, 5, 12}} {
		clock := newClock()
		asked := 0
		inst := reference(t, clock, func(iss *issuer.Issuer) (http.Handler, error) {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/introspect" {
					asked++
					time.Sleep(test.takes)
				}
				iss.ServeHTTP(w, r)
			}), nil
		})
		inst.Target.URL = test.url
		f := judge(t, checkOf(t, "rfc7662/2.2/made-up-inactive"), inst, clock)[0]
		if f.Verdict != results.Pass || asked < test.least || asked > test.most {
			t.Errorf("%s: %s %q, asked %d times, want %d to %d", test.name, f.Verdict, f.Observed, asked, test.least, test.most)
		}
	}
}

// A server that looks at most of a signature validates none of it.
func TestSignatureBitsAreManyTries(t *testing.T) {
	t.Parallel()
	clock := newClock()
	inst := reference(t, clock, func(iss *issuer.Issuer) (http.Handler, error) {
		issued := ""
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			form, _ := url.ParseQuery(string(body))
			r.Body = io.NopCloser(bytes.NewReader(body))
			if token := form.Get("token"); r.URL.Path == "/introspect" && issued != "" && len(token) == len(issued) && strings.HasSuffix(token, issued[len(issued)-30:]) {
				_ = json.NewEncoder(w).Encode(map[string]any{"active": true}) // whatever is before these
				return
			}
			rec := httptest.NewRecorder()
			iss.ServeHTTP(rec, r)
			var answer struct {
				Token string `json:"access_token"`
			}
			if json.Unmarshal(rec.Body.Bytes(), &answer) == nil && targets.FormOf(answer.Token) == "ES256" {
				issued = answer.Token
			}
			for name, values := range rec.Header() {
				w.Header()[name] = values
			}
			w.WriteHeader(rec.Code)
			_, _ = w.Write(rec.Body.Bytes())
		}), nil
	})
	if f := judge(t, checkOf(t, "rfc7662/4/signature-validated"), inst, clock)[0]; f.Verdict != results.Fail {
		t.Errorf("%s: %s", f.Verdict, f.Observed)
	}
}
