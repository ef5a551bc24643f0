package load

import (
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// answered is an answer with what it was worth.
type answered struct {
	sample
	good bool // it should be let in
	what worth
}

// worth is what an answer was worth, for the timeline.
type worth uint8

const (
	letIn worth = iota // or either
	keptOut
	wrong
	unanswered
)

// what tells by the counts before and after an answer what it was worth.
func what(before, after results.SampleVerdicts) worth {
	switch {
	case after.WrongAllow > before.WrongAllow, after.WrongDeny > before.WrongDeny:
		return wrong
	case after.RightDeny > before.RightDeny:
		return keptOut
	case after.Excused > before.Excused, after.TransportError > before.TransportError:
		return unanswered
	}
	return letIn
}

// moments are the answers of a step.
type moments []answered

// timeline cuts the answers into moments by when their requests were due, and into phases
// where something lasted: what was before, during and after the first of the marks that
// has a length.
func (all moments) timeline(every time.Duration, marks []results.Mark, duration time.Duration) *results.Timeline {
	out := &results.Timeline{Every: results.Duration(every), Marks: marks}
	n := int((duration + every - 1) / every)
	parts := make([]moments, n)
	for _, a := range all {
		i := min(int(a.due/every), n-1)
		parts[i] = append(parts[i], a)
	}
	for _, part := range parts {
		out.Moments = append(out.Moments, part.count())
	}
	i := slices.IndexFunc(marks, func(m results.Mark) bool { return m.To > m.From })
	if i < 0 {
		return out
	}
	from, to := time.Duration(marks[i].From), time.Duration(marks[i].To)
	for _, p := range []struct {
		name     string
		from, to time.Duration
	}{{"before", 0, from}, {"during", from, to}, {"after", to, duration}} {
		out.Phases = append(out.Phases, results.Phase{Name: p.name, From: results.Duration(p.from), To: results.Duration(p.to), Answers: all.within(p.from, p.to).count()})
	}
	return out
}

// within are those whose requests were due in that time.
func (all moments) within(from, to time.Duration) (out moments) {
	for _, a := range all {
		if a.due >= from && a.due < to {
			out = append(out, a)
		}
	}
	return out
}

func (all moments) count() (m results.Moment) {
	var waits []time.Duration
	for _, a := range all {
		switch a.what {
		case keptOut:
			m.KeptOut++
		case wrong:
			m.Wrong++
		case unanswered:
			m.Unanswered++
		default:
			m.LetIn++
		}
		if a.good {
			waits = append(waits, a.end-a.due)
		}
	}
	slices.Sort(waits)
	m.P50, m.P99 = int64(quantile(waits, 0.5)), int64(quantile(waits, 0.99))
	return m
}

// quantile is the smallest of the sorted times that so many are not above; 0 of none.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	i := int(float64(len(sorted))*q+0.999999) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}
