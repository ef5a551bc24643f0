package cost

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/results"
)

const (
	wideInterval = 0.05 // half-width of the interval by its figure, above which it is wide
	drift        = 0.10 // difference of the first and the last third, above which the machine drifted
)

// rows returns the row of each subject, sorted by operation.
func rows(subjects []*subject) []results.Cost {
	costs := make([]results.Cost, 0, len(subjects))
	for _, s := range subjects {
		c := row(s)
		if s.limit != nil {
			c.Limit = s.limit.name
			r := ratio(s.times, s.limit.times, s.figure())
			c.Ratio, c.RatioLow, c.RatioHigh = r.center, r.low, r.high
		}
		costs = append(costs, c)
	}
	slices.SortFunc(costs, func(a, b results.Cost) int { return cmp.Compare(a.Operation, b.Operation) })
	return costs
}

// figure is what sums up the subject's times: what is typical, which a busy machine
// hardly moves, or the mean, where slow passes are part of the operation.
func (s *subject) figure() figure {
	if s.tail {
		return average
	}
	return typical
}

// row sums up the batches of a subject. Without any, its figures are zero and its
// warning says so, unless it is counted and not timed.
func row(s *subject) results.Cost {
	c := results.Cost{
		Operation: s.name,
		Bytes:     s.work.Size(),
		Batches:   len(s.times),
		BatchSize: s.size,
		Allocs:    s.heap.objects,
		AllocB:    s.heap.bytes,
		Tail:      s.tail,
		Untimed:   s.untimed(),
	}
	m := estimate(s.times, typical)
	c.Median, c.Low, c.High, c.Level = m.center, m.low, m.high, m.level
	m = estimate(s.times, average)
	c.Mean, c.MeanLow, c.MeanHigh = m.center, m.low, m.high
	c.Epochs = inEpochs(s.times)
	if !c.Untimed {
		c.Warnings = warnings(c, s.times, s.slow())
	}
	if w, ok := s.work.(cautious); ok {
		c.Warnings = append(c.Warnings, w.Warnings()...)
	}
	return c
}

// warnings are the caveats that travel with the row.
func warnings(c results.Cost, times []float64, slow bool) []results.Warning {
	var ws []results.Warning
	warn := func(code, format string, args ...any) {
		ws = append(ws, results.Warning{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	switch {
	case len(times) >= minBatches:
	case slow:
		warn("few-batches", "one operation is so long that its share of the time holds %d", len(times))
	default:
		warn("few-batches", "%d batches were measured, and a figure needs at least %d", len(times), minBatches)
	}
	if center, low, high := c.Figure(); center > 0 {
		if half := (high - low) / 2 / center; half > wideInterval {
			warn("interval-wide", "the interval is ±%.1f %% of the figure, wider than ±%.0f %%", 100*half, 100*wideInterval)
		}
	}
	// With fewer batches a third is too small to have a median.
	if third := len(times) / 3; len(times) >= minBatches {
		first, last := median(times[:third]), median(times[len(times)-third:])
		if low := min(first, last); low > 0 && max(first, last)/low-1 > drift {
			warn("machine-drifted", "the last third of the batches took %.0f ns, the first %.0f ns: more than %.0f %% apart", last, first, 100*drift)
		}
	}
	return ws
}
