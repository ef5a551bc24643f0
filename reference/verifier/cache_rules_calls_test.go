package verifier

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// Nobody remembers an outage: the first question after it is asked, and nobody was told
// that a token is bad.
func outageForgotten(t *testing.T, w *cachingWorld) {
	w.warm(t)
	tokens := w.several(t, 20)
	w.down.Store(true)
	w.together(t, 20, tokens, func(_ string, err error) { wantUnavailable(t, err) })
	w.down.Store(false)
	w.together(t, 20, tokens, func(_ string, err error) { wantReason(t, err, "") })
}

// RFC 7662, section 2.2: an answer is a 200 with a boolean. What else an issuer says is
// neither believed nor remembered, whether it speaks for the token or against it.
func nonsenseForgotten(t *testing.T, w *cachingWorld) {
	w.warm(t)
	for n, nonsense := range []struct {
		status      int
		media, body string // the good ones when empty
	}{
		{400, "", ""}, {401, "", ""}, {500, "", ""}, {302, "", ""},
		{200, "text/html", ""}, {200, "application/json", `{"active":null}`}, {200, "application/json", `{"active":"true"}`},
		{200, "application/json", `{"active":1}`}, {200, "application/json", `{}`}, {200, "application/json", `{"active":false,"active":true}`},
		{400, "application/json", `{"active":true}`}, {400, "application/json", `{"active":false}`}, {503, "application/json", `{"active":false}`},
		{400, "", `{"active":true}`},
	} {
		token := w.mint(t, fmt.Sprint("nonsense-", n))
		script := func(token string) (int, string, string) {
			media, body := nonsense.media, nonsense.body
			w.mu.Lock()
			defer w.mu.Unlock()
			if media == "" {
				media = w.media()
			}
			if body == "" {
				body = w.live[token]
			}
			return nonsense.status, media, body
		}
		w.script.Store(&script)
		before, _ := w.memories()
		w.together(t, 20, []string{token}, func(_ string, err error) { wantUnavailable(t, err) })
		if after, _ := w.memories(); fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("%+v was remembered", nonsense)
		}
		w.script.Store(nil)
		w.together(t, 20, []string{token}, func(_ string, err error) { wantReason(t, err, "") })
	}
}

func missesMakeOneCall(t *testing.T, w *cachingWorld) {
	const waiters = 1000
	w.warm(t)
	for n, test := range []struct {
		token  string
		down   bool
		reason claims.Reason
	}{{w.mint(t, "one"), false, ""}, {madeUp(0), false, claims.ReasonInactive}, {w.mint(t, "other"), true, ""}} {
		before, counted := w.asked.Load(), w.verifier.Counters()
		w.down.Store(test.down)
		release := w.hold()
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.together(t, waiters, []string{test.token}, func(_ string, err error) {
				if test.down {
					wantUnavailable(t, err)
				} else {
					wantReason(t, err, test.reason)
				}
			})
		}()
		await(t.Context(), t, func() bool { return w.verifier.Counters().Coalesced-counted.Coalesced == waiters-1 })
		release()
		<-done
		now := w.verifier.Counters()
		if asked := w.asked.Load() - before; asked != 1 || now.Introspections-counted.Introspections != 1 ||
			now.CacheMisses-counted.CacheMisses != waiters || now.CacheHits != counted.CacheHits {
			t.Errorf("%d: %d questions, counted %+v and then %+v", n, asked, counted, now)
		}
	}
}

// RFC 9700, section 4.9: a resource server doesn't keep tokens in clear, not even those
// that their issuer uses as their own identifiers.
func storedHashed(t *testing.T, w *cachingWorld) {
	tokens := w.several(t, 20)
	if !w.signed { // whose signature can't contain itself
		for n := range 5 {
			jti := fmt.Sprint("itself-", n)
			tokens = append(tokens, w.mint(t, jti, "jti", "opaque-"+jti))
		}
	}
	for range 2 {
		w.together(t, 5, append(tokens, madeUp(1), madeUp(2)), func(string, error) {})
	}
	sizes, held := w.memories()
	if sizes[0] == 0 {
		t.Error("nothing is remembered")
	}
	for _, token := range append(tokens, madeUp(1), madeUp(2)) {
		if strings.Contains(held, token) {
			t.Errorf("the memory has %.12s... in clear", token)
		}
	}
}

func coldStart(t *testing.T, w *cachingWorld) {
	tokens := w.several(t, 50)
	w.together(t, 20, tokens, func(_ string, err error) { wantReason(t, err, "") })
	if n := w.fetched.Load(); n != 1 {
		t.Errorf("the keys were fetched %d times", n)
	}
}

func unknownKids(t *testing.T, w *cachingWorld) {
	const interval = 10 * time.Second // of Options
	w.warm(t)
	good := w.several(t, 10)
	for round := range 3 {
		before := w.fetched.Load()
		var bad []string
		for n := range 300 {
			token, body := w.compose(t, fmt.Sprintf("unknown-%d-%d", round, n), fmt.Sprintf("bad-%d-%d", round, n))
			w.mu.Lock()
			w.live[token] = body
			w.mu.Unlock()
			bad = append(bad, token)
		}
		w.together(t, 1, append(bad, good...), func(token string, err error) {
			if len(good) > 0 && strings.Contains(strings.Join(good, " "), token) {
				wantReason(t, err, "")
			} else {
				wantReason(t, err, claims.ReasonKeyUnknown)
			}
		})
		if n := w.fetched.Load() - before; n > 1 {
			t.Errorf("%d kids made the keys be fetched %d times", len(bad), n)
		}
		w.advance(t, interval)
	}
}

// warm has the keys fetched, where there are any.
func (w *cachingWorld) warm(t testing.TB) {
	t.Helper()
	wantReason(t, w.judge(t, w.mint(t, "warm")), "")
}

func (w *cachingWorld) several(t testing.TB, n int) []string {
	t.Helper()
	tokens := make([]string, n)
	for i := range tokens {
		tokens[i] = w.mint(t, fmt.Sprint("token-", i))
	}
	return tokens
}
