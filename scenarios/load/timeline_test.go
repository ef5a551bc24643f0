package load

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// What is right is that of an interval: an answer that was under way while an event
// changed it may be either.
func TestTruthChangesWithEvents(t *testing.T) {
	t.Parallel()
	at := func(ms int) time.Time { return time.Unix(0, 0).Add(time.Duration(ms) * time.Millisecond) }
	l := newTimeline([]Request{{Right: Allow}, {Right: Allow}}, []Event{
		{Name: "restore", At: 300 * time.Millisecond, Changes: []int{0}, Then: Allow},
		{Name: "revoke", At: 100 * time.Millisecond, Changes: []int{0}, Then: Deny, Within: 50 * time.Millisecond},
	})
	l.begun[0], l.done[0] = at(100), at(110)
	for _, tt := range []struct {
		request, sent, answered int
		want                    Answer
	}{
		{0, 50, 99, Allow},    // over before the revocation began
		{0, 99, 101, Either},  // under way as it began
		{0, 105, 106, Either}, // as it went on
		{0, 150, 151, Either}, // within the staleness that is allowed
		{0, 161, 170, Deny},   // after it
		{0, 50, 170, Either},  // before and after
		{1, 161, 170, Allow},  // another token
	} {
		if got := l.right(tt.request, at(tt.sent), at(tt.answered)); got != tt.want {
			t.Errorf("request %d, sent at %d ms and answered at %d: %d, want %d", tt.request, tt.sent, tt.answered, got, tt.want)
		}
	}
	l.begun[1] = at(300)
	if got := l.right(0, at(400), at(401)); got != Either {
		t.Errorf("while the second event is under way: %d, want either", got)
	}
	l.done[1] = at(310)
	if got := l.right(0, at(400), at(401)); got != Allow {
		t.Errorf("after the second event: %d, want allow", got)
	}
}

// A server that obeys a revocation at once is accused of nothing, and one that doesn't
// of each token that it let in afterwards.
func TestRevocationInTheMiddle(t *testing.T) {
	t.Parallel()
	for _, obeys := range []bool{true, false} {
		var revoked atomic.Bool
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if obeys && revoked.Load() {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			fmt.Fprint(w, `{"client_id":"c","scope":"read"}`)
		}))
		t.Cleanup(server.Close)
		s, err := NewSchedule(results.Constant, 500, 400*time.Millisecond, 1)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Drive(t.Context(), Load{Schedule: s, Workers: 64, Timeout: time.Minute, Traffic: Traffic{
			Requests: []Request{bearer(server.URL, "good", Allow)}, Order: []uint32{0},
			Events: []Event{{Name: "revoke", At: 200 * time.Millisecond, Changes: []int{0}, Then: Deny, Do: func(context.Context) error {
				revoked.Store(true)
				return nil
			}}},
		}})
		if err != nil || len(m.Events) != 0 {
			t.Fatal(err, m.Events)
		}
		v := m.Verdicts
		if v.RightAllow < 50 || v.WrongDeny > 0 || v.Total() != 200 {
			t.Errorf("obeys %v: verdicts %+v, want right allows before and no wrong denies", obeys, v)
		}
		if obeys && (v.WrongAllow > 0 || v.RightDeny < 50) || !obeys && v.WrongAllow < 50 {
			t.Errorf("obeys %v: verdicts %+v", obeys, v)
		}
	}
}

// A step whose event failed, or never came, didn't do what it was to do.
func TestFailedEventIsInconclusive(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(letsIn(func() {}))
	t.Cleanup(server.Close)
	for want, e := range map[string]Event{
		"revoke: refused":                        {Name: "revoke", Do: func(context.Context) error { return errors.New("refused") }},
		"rotate: was due 1h0m0s after the start": {Name: "rotate", At: time.Hour, Do: func(context.Context) error { return nil }},
	} {
		s, err := NewSchedule(results.Constant, 100, 100*time.Millisecond, 1)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Drive(t.Context(), Load{Schedule: s, Workers: 64, Timeout: time.Minute, Traffic: Traffic{
			Requests: []Request{bearer(server.URL, "good", Allow)}, Order: []uint32{0}, Events: []Event{e}}})
		if err != nil {
			t.Fatal(err)
		}
		if v, reason, _, _ := Judge(m, s, false); v != results.Inconclusive || !strings.Contains(reason, want) {
			t.Errorf("verdict %v (%s), want inconclusive: %s", v, reason, want)
		}
	}
}

// A request that doesn't say what is right for it is refused before anything is sent.
func TestTrafficMustSayWhatIsRight(t *testing.T) {
	t.Parallel()
	s, err := NewSchedule(results.Constant, 100, 100*time.Millisecond, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Request){
		"right":  func(r *Request) { r.Right = Unjudged },
		"reader": func(r *Request) { r.Read = nil },
		"url":    func(r *Request) { r.URL = "http://a b" },
	} {
		r := bearer("http://127.0.0.1:1", "good", Allow)
		spoil(&r)
		if _, err := Drive(t.Context(), Load{Schedule: s, Workers: 1, Traffic: Traffic{Requests: []Request{r}, Order: []uint32{0}}}); err == nil {
			t.Errorf("%s: driven", name)
		}
	}
}
