package load

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// errsOnce is a resource server that knows the good tokens, and answers one request of its
// life the other way.
type errsOnce struct {
	good  map[string]bool
	at, n int
}

func (s *errsOnce) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	good := s.good[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if s.n++; s.n == s.at {
		good = !good
	}
	if !good {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	fmt.Fprint(w, `{"client_id":"web","scope":"read"}`)
}

// One wrong answer among 100,000 fails the step, whichever it is, and the evidence says
// which outcome it is of and shows no token.
func TestOneWrongAnswerAmongMany(t *testing.T) {
	t.Parallel()
	const n = 100_000
	p := &presenting{form: "ES256", strategy: describe(t, "local"), inst: &targets.Instance{}, shown: quotable(nil)}
	server := &errsOnce{good: map[string]bool{}}
	for i := range 50 {
		token := Token{Value: fmt.Sprintf("header.payload%d.%s%d", i, strings.Repeat("s", 60), i), Client: targets.Client{ID: "web"}, Scope: "read", ScopeKnown: true}
		p.tokens, server.good[token.Value] = append(p.tokens, token), true
	}
	revoked := p.present(Token{Value: "header.revoked.signature", Client: targets.Client{ID: "web"}}, Revoked, "http://127.0.0.1/", Deny)
	bad, _ := p.badSignature()
	requests := append(append(p.valid(), bad...), revoked)
	order := Mix{{Valid, 90}, {BadSignature, 8}, {Revoked, 2}}.draw(requests, n, 3, nil)
	first := func(outcome string) int {
		for i, r := range order[n/2:] {
			if requests[r].Outcome == outcome {
				return n/2 + i + 1
			}
		}
		return 0
	}
	for _, tt := range []struct {
		at      int
		verdict results.Verdict
		want    []string
	}{
		{0, results.Pass, nil},
		{first(Revoked), results.Fail, []string{"1 of 100000 answers were wrong allows", "revoked: a revoked token of client web, SHA-256 ", "was let in"}},
		{first(BadSignature), results.Fail, []string{"1 of 100000 answers were wrong allows", "bad-signature: a token with a spoiled signature"}},
		{first(Valid), results.Fail, []string{"1 of 100000 answers were wrong denies", "valid: a good token of client web", "was refused with 401"}},
	} {
		server.n, server.at = 0, tt.at
		m, schedule := judgeAll(t, server, Traffic{Requests: requests, Order: order})
		v, reason, _, _ := Judge(m, schedule, false)
		if v != tt.verdict || m.Verdicts.Total() != n {
			t.Errorf("answer %d wrong: %v (%s) of %d answers, want %v", tt.at, v, reason, m.Verdicts.Total(), tt.verdict)
		}
		for _, want := range tt.want {
			if !strings.Contains(reason, want) {
				t.Errorf("answer %d wrong: %q doesn't say %q", tt.at, reason, want)
			}
		}
		for _, r := range requests {
			if token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); strings.Contains(reason, token) {
				t.Errorf("answer %d wrong: the evidence has a token", tt.at)
			}
		}
		wrong, sent := int64(0), int64(0)
		for _, o := range m.kinds.recorded() {
			wrong += o.Verdicts.WrongAllow + o.Verdicts.WrongDeny
			if sent += o.Sent; o.Sent != o.Planned || o.Response.Count != o.Sent || o.Verdicts.Total() != o.Sent {
				t.Errorf("outcome %s: %d planned, %d sent, %d timed, %d judged", o.Name, o.Planned, o.Sent, o.Response.Count, o.Verdicts.Total())
			}
			if has := o.Verdicts.First != ""; has != strings.HasPrefix(reason, fmt.Sprintf("1 of 100000 answers were wrong allows: %s:", o.Name)) &&
				has != strings.HasPrefix(reason, fmt.Sprintf("1 of 100000 answers were wrong denies: %s:", o.Name)) {
				t.Errorf("outcome %s: evidence %q", o.Name, o.Verdicts.First)
			}
		}
		if want := min(int64(tt.at), 1); wrong != want || sent != n {
			t.Errorf("answer %d wrong: outcomes have %d wrong of %d, want %d of %d", tt.at, wrong, sent, want, n)
		}
	}
}

// judgeAll has the handler answer in this process, one request after the other, each due
// and answered within a millisecond.
func judgeAll(t *testing.T, h http.Handler, traffic Traffic) (Measurement, Schedule) {
	t.Helper()
	n := len(traffic.Order)
	s, err := NewSchedule(results.Constant, 1000, time.Duration(n)*time.Millisecond, 1)
	if err != nil || s.Planned() != n {
		t.Fatal(err, s.Planned())
	}
	k := newKinds(traffic, n)
	o := newOracle(newTimeline(traffic.Requests, nil), k)
	m := Measurement{Planned: int64(n), Sent: int64(n), Cap: 64, Response: results.NewHistogram(), Undelayed: results.NewHistogram(), kinds: k}
	for _, i := range traffic.Order {
		r := httptest.NewRequest(http.MethodGet, traffic.Requests[i].URL, nil)
		r.Header = traffic.Requests[i].Header
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		o.judge(int(i), time.Time{}, time.Time{}, w.Code, w.Body.Bytes(), "")
		k.took(int(i), time.Millisecond, time.Millisecond)
		results.Record(m.Response, time.Millisecond)
		results.Record(m.Undelayed, time.Millisecond)
	}
	m.Verdicts = o.counts
	return m, s
}
