package cost

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/results"
)

const (
	confidence   = 0.95
	wideInterval = 0.05 // half-width of the interval by the median, above which it is wide
	drift        = 0.10 // difference of the first and the last third, above which the machine drifted
)

// rows returns the row of each subject, sorted by operation.
func rows(subjects []*subject) []results.Cost {
	costs := make([]results.Cost, 0, len(subjects))
	for _, s := range subjects {
		c := row(s)
		if s.limit != nil {
			c.Limit = s.limit.name
			if l := row(s.limit); l.Median > 0 {
				c.Ratio = c.Median / l.Median
			}
		}
		costs = append(costs, c)
	}
	slices.SortFunc(costs, func(a, b results.Cost) int { return cmp.Compare(a.Operation, b.Operation) })
	return costs
}

// row sums up the batches of a subject. Without any, its figures are zero and its
// warning says so.
func row(s *subject) results.Cost {
	c := results.Cost{
		Operation: s.name,
		Bytes:     s.work.Size(),
		Batches:   len(s.times),
		BatchSize: s.size,
		Allocs:    s.heap.objects,
		AllocB:    s.heap.bytes,
	}
	if len(s.times) > 0 {
		summarize(&c, s.times)
	}
	c.Warnings = warnings(c, s.times)
	return c
}

// summarize fills in the times; there must be at least one.
func summarize(c *results.Cost, times []float64) {
	sorted := slices.Sorted(slices.Values(times))
	m := medianInterval(sorted, confidence)
	c.Median, c.Low, c.High, c.Level = m.center, m.low, m.high, m.level
	sum := 0.0
	for _, t := range sorted {
		sum += t
	}
	c.Mean = sum / float64(len(sorted))
}

// warnings are the caveats that travel with the row.
func warnings(c results.Cost, times []float64) []results.Warning {
	var ws []results.Warning
	warn := func(code, format string, args ...any) {
		ws = append(ws, results.Warning{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	if len(times) < minBatches {
		warn("few-batches", "%d batches were measured, and a median needs at least %d", len(times), minBatches)
	}
	if c.Median > 0 {
		if half := (c.High - c.Low) / 2 / c.Median; half > wideInterval {
			warn("interval-wide", "the interval is ±%.1f %% of the median, wider than ±%.0f %%", 100*half, 100*wideInterval)
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
