package load

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// letsIn is a protected resource that lets every token in as client c.
func letsIn(before func()) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before()
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"client_id":"c","scope":"read"}`)
	})
}

// bearer presents a token of client c with the scope read.
func bearer(url, value string, right Answer) Request {
	return present(url, Token{Value: value, Client: targets.Client{ID: "c"}, Scope: "read"}, right, "a token that is "+value, quotable(nil), new(bool))
}

func drive(t *testing.T, h http.Handler, law results.Arrivals, rate float64, d time.Duration, workers int) (Measurement, Schedule) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := NewSchedule(law, rate, d, 1)
	if err != nil {
		t.Fatal(err)
	}
	requests := []Request{bearer(server.URL, "good", Allow)}
	m, err := Drive(t.Context(), Load{Traffic: Traffic{Requests: requests, Order: []uint32{0}, Warm: requests},
		Schedule: s, Workers: workers, Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return m, s
}

// A server that freezes for 2 s under 200 requests a second keeps 400 of them waiting,
// and all 400 count: nothing waits for an answer before it is sent.
//
// It isn't parallel, for a generator that shares the machine with other tests is
// late. Where the machine is so busy that the step itself says so, it is done again.
func TestFreezeIsSeenFromTheSchedule(t *testing.T) {
	for attempt := 1; ; attempt++ {
		m, s := freeze(t)
		m.InUse = 0 // the tests of other packages run beside this one
		got, want := time.Duration(m.Response.ValueAtQuantile(99)), waited(s)
		v, reason, _, disturbed := Judge(m, s, false)
		t.Logf("p99 from the schedule %v, the truth %v; %v %s", got, want, v, reason)
		if disturbed && attempt < 3 {
			continue
		}
		if v != results.Pass {
			t.Errorf("verdict %v (%s), want pass: the server was slow, not the generator", v, reason)
		}
		if math.Abs(float64(got-want)) > 0.05*float64(want) {
			t.Errorf("p99 response %v is more than 5 %% from the truth %v", got, want)
		}
		if m.Sent != m.Planned || m.Planned != 2000 || m.MostInFlight < 390 {
			t.Errorf("sent %d of %d planned, %d at once, want all of 2000 and 400 at once", m.Sent, m.Planned, m.MostInFlight)
		}
		return
	}
}

// usual is what an answer takes otherwise.
const frozen, thawed, usual = 4 * time.Second, 6 * time.Second, 20 * time.Millisecond

func freeze(t *testing.T) (Measurement, Schedule) {
	var mu sync.Mutex
	var start time.Time
	return drive(t, letsIn(func() {
		mu.Lock()
		if start.IsZero() {
			start = time.Now()
		}
		since := time.Since(start)
		mu.Unlock()
		if since > frozen && since < thawed {
			time.Sleep(thawed - since)
		}
		time.Sleep(usual)
	}), results.Constant, 200, 10*time.Second, 1000)
}

// waited is the 99th percentile of what users of the frozen server wait.
func waited(s Schedule) time.Duration {
	var waits []time.Duration
	for _, due := range s.due {
		wait := usual
		if due > frozen && due < thawed {
			wait += thawed - due
		}
		waits = append(waits, wait)
	}
	slices.Sort(waits)
	return waits[len(waits)*99/100]
}

// Two workers against a server that takes 20 ms can send 100 requests a second. The rest
// of 1,000 a second waits in a queue of the generator's own, which no server has.
func TestReachedCapIsInconclusive(t *testing.T) {
	t.Parallel()
	m, s := drive(t, letsIn(func() { time.Sleep(20 * time.Millisecond) }), results.Constant, 1000, time.Second, 2)
	v, reason, warnings, disturbed := Judge(m, s, false)
	if v != results.Inconclusive || disturbed || warnings[0].Code != "cap-reached" {
		t.Errorf("verdict %v (%s, %v), want inconclusive: cap-reached", v, reason, warnings)
	}
}

// A rate beyond what this machine can send must not be reported as if it had been
// sent, however many workers there are.
func TestRateBeyondTheMachineIsInconclusive(t *testing.T) {
	t.Parallel()
	m, s := drive(t, letsIn(func() {}), results.Constant, 1e6, 50*time.Millisecond, 64)
	if v, reason, _, _ := Judge(m, s, false); v != results.Inconclusive {
		t.Errorf("verdict %v (%s), want inconclusive", v, reason)
	}
}

func TestClosedLoopHasNoSchedule(t *testing.T) {
	t.Parallel()
	m, _ := drive(t, letsIn(func() {}), results.Closed, 0, 100*time.Millisecond, 2)
	if m.Sent == 0 || m.Planned != 0 || m.Lateness.TotalCount() != 0 {
		t.Errorf("sent %d, planned %d, lateness of %d; want some, 0, 0", m.Sent, m.Planned, m.Lateness.TotalCount())
	}
}

func TestInterruptKeepsWhatWasMeasured(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var answered int
	server := httptest.NewServer(letsIn(func() {
		if answered++; answered == 20 {
			cancel()
		}
	}))
	t.Cleanup(server.Close)
	s, err := NewSchedule(results.Constant, 100, time.Hour, 1)
	if err != nil {
		t.Fatal(err)
	}
	requests := []Request{bearer(server.URL, "good", Allow)}
	m, err := Drive(ctx, Load{Traffic: Traffic{Requests: requests, Order: []uint32{0}}, Schedule: s, Workers: 1, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if m.Sent < 20 || m.Sent >= m.Planned {
		t.Errorf("sent %d of %d, want the 20 or so before the interrupt", m.Sent, m.Planned)
	}
	if v, _, _, _ := Judge(m, s, false); v != results.Inconclusive {
		t.Errorf("verdict %v, want inconclusive", v)
	}
}

// What passes on the wire is counted, and the token and no header of the
// generator's own reach the server.
func TestWhatTheServerSees(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.Header.Get("Authorization")]++
		if r.Header.Get(seqHeader) != "" || r.Header.Get(attackHeader) != "" {
			t.Error("a header of the generator reached the server")
		}
		if r.Header.Get("Authorization") == "Bearer bad" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, `{"client_id":"c","scope":"read"}`)
	}))
	t.Cleanup(server.Close)
	requests := []Request{bearer(server.URL, "good", Allow), bearer(server.URL, "bad", Deny)}
	s, err := NewSchedule(results.Constant, 500, 200*time.Millisecond, 1)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Drive(t.Context(), Load{Traffic: Traffic{Requests: requests, Order: []uint32{0, 0, 0, 1}}, Schedule: s, Workers: 4, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if seen["Bearer good"] != 75 || seen["Bearer bad"] != 25 {
		t.Errorf("the server saw %v, want 75 good and 25 bad", seen)
	}
	if m.Verdicts.RightAllow != 75 || m.Verdicts.RightDeny != 25 {
		t.Errorf("verdicts %+v, want 75 right allows and 25 right denies", m.Verdicts)
	}
	if m.Response.TotalCount() != 75 {
		t.Errorf("%d latencies, want those of the 75 good tokens", m.Response.TotalCount())
	}
	// A request line, a Host and an Authorization header are more than 60 bytes.
	if m.BytesOut < 100*60 || m.BytesIn < 75*int64(len(`{"client_id":"c","scope":"read"}`)) {
		t.Errorf("%d bytes out, %d in: headers aren't counted", m.BytesOut, m.BytesIn)
	}
}

// A server that never finishes its answer must not hold the step for ever.
func TestAnswerThatNeverEnds(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-stop
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(stop) })
	s, err := NewSchedule(results.Constant, 20, 100*time.Millisecond, 1)
	if err != nil {
		t.Fatal(err)
	}
	requests := []Request{bearer(server.URL, "good", Allow)}
	m, err := Drive(t.Context(), Load{Traffic: Traffic{Requests: requests, Order: []uint32{0}}, Schedule: s, Workers: 4, Timeout: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if m.Verdicts.TransportError != 2 {
		t.Errorf("verdicts %+v, want 2 transport errors", m.Verdicts)
	}
}
