package load

import (
	"slices"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// A request belongs to the moment at which it was due, however late its answer came, and
// every moment is there, be it that nothing was due.
func TestMoments(t *testing.T) {
	t.Parallel()
	ms := time.Millisecond
	at := func(due, took int, good bool, w worth) answered {
		return answered{sample{time.Duration(due) * ms, time.Duration(due) * ms, time.Duration(due+took) * ms}, good, w}
	}
	all := moments{at(0, 5, true, letIn), at(99, 400, true, letIn), at(150, 1, false, keptOut), at(160, 7, true, wrong), at(250, 9, true, unanswered),
		at(260, 2, false, unanswered), at(450, 3, true, letIn)}
	outage := results.Mark{Name: "down", From: results.Duration(100 * ms), To: results.Duration(300 * ms)}
	got := all.timeline(100*ms, []results.Mark{{Name: "revoked"}, outage}, 420*ms)
	want := []results.Moment{
		{LetIn: 2, P50: int64(5 * ms), P99: int64(400 * ms)}, {KeptOut: 1, Wrong: 1, P50: int64(7 * ms), P99: int64(7 * ms)},
		{Unanswered: 2, P50: int64(9 * ms), P99: int64(9 * ms)}, {}, {LetIn: 1, P50: int64(3 * ms), P99: int64(3 * ms)},
	}
	if !slices.Equal(got.Moments, want) || len(got.Marks) != 2 || time.Duration(got.Every) != 100*ms {
		t.Errorf("timeline %+v", got)
	}
	phases := []results.Phase{
		{Name: "before", To: outage.From, Answers: want[0]},
		{Name: "during", From: outage.From, To: outage.To, Answers: results.Moment{KeptOut: 1, Wrong: 1, Unanswered: 2, P50: int64(7 * ms), P99: int64(9 * ms)}},
		{Name: "after", From: outage.To, To: results.Duration(420 * ms)},
	}
	if !slices.Equal(got.Phases, phases) {
		t.Errorf("phases %+v, want %+v", got.Phases, phases)
	}
	if got := all.timeline(time.Second, []results.Mark{{Name: "revoked"}}, 420*ms); got.Phases != nil || len(got.Moments) != 1 {
		t.Errorf("what happens at once makes no phases: %+v", got)
	}
}

// What an answer was worth is told by which count it moved.
func TestWhat(t *testing.T) {
	t.Parallel()
	for want, after := range map[worth][]results.SampleVerdicts{
		letIn:      {{RightAllow: 1}, {Either: 1}},
		keptOut:    {{RightDeny: 1}},
		wrong:      {{WrongAllow: 1}, {WrongDeny: 1}},
		unanswered: {{Excused: 1}, {TransportError: 1}},
	} {
		for _, v := range after {
			if got := what(results.SampleVerdicts{}, v); got != want {
				t.Errorf("%+v is %d, want %d", v, got, want)
			}
		}
	}
}

// No judgement is excused for a request of which a part was in the outage, or that came
// shortly after it, and for no other.
func TestExcuses(t *testing.T) {
	t.Parallel()
	at := func(ms int) time.Time { return time.Unix(0, 0).Add(time.Duration(ms) * time.Millisecond) }
	l := newTimeline(nil, []Event{
		{Name: "down", At: 100 * time.Millisecond, Outage: true},
		{Name: "well again", At: 200 * time.Millisecond, Over: true, Within: 50 * time.Millisecond},
	})
	l.begun[0], l.done[0] = at(100), at(101)
	if !l.excuses(at(500), at(501)) {
		t.Error("an outage that isn't over excuses nobody")
	}
	l.begun[1], l.done[1] = at(200), at(205)
	for _, tt := range []struct {
		sent, answered int
		want           bool
	}{{50, 99, false}, {50, 100, true}, {150, 160, true}, {150, 400, true}, {255, 256, true}, {256, 257, false}, {50, 400, true}} {
		if got := l.excuses(at(tt.sent), at(tt.answered)); got != tt.want {
			t.Errorf("sent at %d ms and answered at %d: excused %v, want %v", tt.sent, tt.answered, got, tt.want)
		}
	}
	if got, want := l.marks(at(0)), []results.Mark{{Name: "down", From: results.Duration(100 * time.Millisecond), To: results.Duration(205 * time.Millisecond)}}; !slices.Equal(got, want) {
		t.Errorf("marks %+v, want %+v", got, want)
	}
}

// In an outage a server may say that it can't tell. It may not call a good token bad, let
// a bad one in, or break.
func TestOracleInOutage(t *testing.T) {
	t.Parallel()
	good, bad := bearer("", "good", Allow), bearer("", "expired", Deny)
	right := `{"client_id":"c","scope":"read"}`
	for _, tt := range []struct {
		name    string
		request Request
		code    int
		body    string
		want    results.SampleVerdicts
	}{
		{"good, can't say", good, 503, `{"error":"temporarily_unavailable"}`, results.SampleVerdicts{Excused: 1}},
		{"good, a gateway can't say", good, 504, ``, results.SampleVerdicts{Excused: 1}},
		{"bad, can't say", bad, 502, ``, results.SampleVerdicts{Excused: 1}},
		{"good, let in", good, 200, right, results.SampleVerdicts{RightAllow: 1}},
		{"good, called inactive", good, 401, `{"error":"invalid_token"}`, results.SampleVerdicts{WrongDeny: 1}},
		{"bad, let in", bad, 200, right, results.SampleVerdicts{WrongAllow: 1}},
		{"bad, kept out", bad, 401, ``, results.SampleVerdicts{RightDeny: 1}},
		{"broken", good, 500, ``, results.SampleVerdicts{TransportError: 1}},
		{"gone", good, 0, ``, results.SampleVerdicts{TransportError: 1}},
	} {
		truth := newTimeline([]Request{tt.request}, []Event{{Outage: true}})
		truth.begun[0] = time.Unix(1, 0)
		o := newOracle(truth, nil)
		o.judge(0, time.Unix(2, 0), time.Unix(3, 0), tt.code, []byte(tt.body), "connection reset")
		if o.counts.First = ""; o.counts != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, o.counts, tt.want)
		}
	}
}
