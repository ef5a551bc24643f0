package load

import (
	"fmt"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
)

// tally is what became of the tokens that a step revoked. The answers are noted while the
// load runs, and put together after it.
type tally struct {
	revoking
	first int // the request of the first mark
	marks []mark
	sent  []int64 // all requests, in nanoseconds since 1970, where the gaps between them count
}

// mark is one revoked token.
type mark struct {
	exp      time.Time // zero when unknown
	revoked  time.Time // when the revocation was answered; zero when it never was
	accepted []accepted
	refused  []time.Time // when the requests were sent that were
}

// accepted is when a request was sent that was let in, and how long the answer took.
type accepted struct {
	sent time.Time
	took time.Duration
}

func (t *tally) observe(o Observed) {
	if t.bound.End == verifier.EndDenylist {
		t.sent = append(t.sent, o.Sent.UnixNano())
	}
	if i := o.Request - t.first; i >= 0 && i < len(t.marks) {
		switch m := &t.marks[i]; o.Said {
		case Allow:
			m.accepted = append(m.accepted, accepted{o.Sent, o.Answered.Sub(o.Sent)})
		case Deny:
			m.refused = append(m.refused, o.Sent)
		}
	}
}

// staleness is for how long after its revocation a token was let in, by when the last such
// request was sent, and when the next one was refused: the end lies between. seen is false
// where no refusal followed. Of an answer that took longer than the time that is given, it
// isn't known whether the news came before it.
func (m mark) staleness(prompt time.Duration) (stale int, last, refused time.Duration, seen bool) {
	for _, in := range m.accepted {
		if d := in.sent.Sub(m.revoked); d > 0 {
			if stale++; prompt == 0 || in.took <= prompt {
				last = max(last, d)
			}
		}
	}
	for _, at := range m.refused {
		if d := at.Sub(m.revoked); d > last && (!seen || d < refused) {
			refused, seen = d, true
		}
	}
	return stale, last, refused, seen
}

// prompt is how long an answer may take that shows whether the news had come; 0 where there
// are none to wait for.
func (t *tally) prompt() time.Duration {
	if t.travels() {
		return t.way / 4
	}
	return 0
}

// The names of the figures, which reports and comparisons go by.
const (
	StalenessP50   = "staleness p50"
	StalenessMax   = "staleness max"
	StalenessLeast = "staleness, longer than the step: at least" // in their place, where no end was seen
	StaleAccepts   = "stale accepts"
	DeclaredBound  = "declared bound" // under the run's own configuration, up to what it is in an outage
	boundHere      = "bound in this step: "
)

func (t *tally) figures(Measurement) []results.Figure {
	var last, refused []time.Duration
	stale, revoked, unseen, most := 0, 0, 0, time.Duration(0)
	for _, m := range t.marks {
		if m.revoked.IsZero() {
			continue
		}
		n, from, to, seen := m.staleness(t.prompt())
		revoked, stale, most = revoked+1, stale+n, max(most, from)
		if last = append(last, from); seen {
			refused = append(refused, to)
		} else {
			unseen++
		}
	}
	if revoked == 0 {
		return nil
	}
	here, limited := t.limit()
	limit := func(f results.Figure) results.Figure {
		if limited {
			seconds := here.Seconds()
			f.Limit = &seconds
		}
		return f
	}
	var out []results.Figure
	if unseen > 0 {
		out = append(out, limit(results.Figure{Name: StalenessLeast, Unit: "s", Value: most.Seconds(), Worse: results.WorseUp}),
			results.Figure{Name: "tokens not seen to end", Value: float64(unseen), Worse: results.WorseUp})
	} else {
		slices.Sort(last)
		slices.Sort(refused)
		at := (len(last) - 1) / 2
		out = append(out,
			results.Figure{Name: StalenessP50, Unit: "s", Value: last[at].Seconds(), Low: last[at].Seconds(), High: refused[at].Seconds(), Worse: results.WorseUp},
			limit(results.Figure{Name: StalenessMax, Unit: "s", Value: most.Seconds(), Low: most.Seconds(), High: refused[len(refused)-1].Seconds(), Worse: results.WorseUp}))
	}
	accepts := results.Figure{Name: StaleAccepts, Value: float64(stale), Worse: results.WorseUp}
	if limited && here == 0 {
		accepts.Limit = new(float64)
	}
	out = append(out, accepts, results.Figure{Name: "tokens revoked", Value: float64(revoked)})
	if limited {
		out = append(out, results.Figure{Name: boundHere + string(t.bound.End), Unit: "s", Value: here.Seconds()})
	}
	return append(out, t.declare()...)
}

// limit is the longest that a token may have been let in; limited is false where the step
// can't see it.
func (t *tally) limit() (longest time.Duration, limited bool) {
	switch {
	case t.bound.Stated:
		return 0, false
	case t.travels(): // as long as it usually does
		return t.bound.Bound + t.way + t.gap(), true
	case t.bound.End != verifier.EndExpiry:
		return t.bound.Bound, true
	case !t.brief:
		return 0, false
	}
	for _, m := range t.marks {
		if !m.revoked.IsZero() {
			longest = max(longest, t.bound.Until(m.revoked, m.exp).Sub(m.revoked))
		}
	}
	return longest, true
}

// gap is the longest time in which nobody asked. A resource server downloads a list when a
// request finds the last one too old, and judges that request by it.
func (t *tally) gap() (longest time.Duration) {
	slices.Sort(t.sent)
	for i := 1; i < len(t.sent); i++ {
		longest = max(longest, time.Duration(t.sent[i]-t.sent[i-1]))
	}
	return longest
}

// declare is the bound as the run's own servers are configured.
func (t *tally) declare() []results.Figure {
	bound, known := t.declared.Bound, !t.declared.Stated
	if t.declared.End == verifier.EndExpiry { // of a token that is revoked when it is new
		issued, exp, err := times(t.good[0])
		bound, known = t.declared.Until(issued, exp).Sub(issued), err == nil && !issued.IsZero()
	}
	if !known {
		return nil
	}
	out := results.Figure{Name: DeclaredBound, Unit: "s", Value: bound.Seconds(), Worse: results.WorseUp}
	if t.declared.Grace > 0 {
		out.Low, out.High = bound.Seconds(), (bound + t.declared.Grace).Seconds()
	}
	return []results.Figure{out}
}

// unseen says that the end of some tokens wasn't seen, which is no sign that there is one.
func (t *tally) unseen() string {
	unseen := 0
	for _, m := range t.marks {
		if _, _, _, seen := m.staleness(t.prompt()); !m.revoked.IsZero() && !seen {
			unseen++
		}
	}
	if unseen == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d revoked tokens weren't refused before the step ended: of their staleness only a lower end is known", unseen, len(t.marks))
}

// caveats are about tokens that the bound lets live beyond the step.
func (t *tally) caveats() []results.Warning {
	if _, limited := t.limit(); !limited && t.unseen() != "" {
		return []results.Warning{{Code: "staleness-unseen", Text: t.unseen()}}
	}
	return nil
}

// doubt is about others: the step should have seen the end.
func (t *tally) doubt() string {
	if _, limited := t.limit(); !limited {
		return ""
	}
	return t.unseen()
}
