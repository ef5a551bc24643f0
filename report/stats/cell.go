package stats

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/oauthmark/oauthmark/results"
)

// Cell is one measurement: the repetitions of a target, a strategy and a form of
// token under one load. Steps that differ in any part of the load are apart, even
// when the rest agrees.
type Cell struct {
	Step     results.Step         // of the first repetition
	Steps    []results.StepResult // that were measured; none when none was
	Verdict  results.Verdict      // the worst of the repetitions
	Reason   string               // of that verdict
	Response *hdrhistogram.Histogram
	Sent     int64
}

// Name is the cell's strategy and form, as in local/ES256.
func (c Cell) Name() string { return c.Step.Strategy + "/" + c.Step.Form }

// Closed reports whether the cell measured capacity. Its latencies say how long the
// queue was, and nothing about what a user waits.
func (c Cell) Closed() bool { return c.Step.Arrivals == results.Closed }

// Sound reports whether the cell's figures may be compared without a mark.
func (c Cell) Sound() bool { return c.Verdict == results.Pass && c.Response.TotalCount() > 0 }

// Spread is the range of one figure over the repetitions; a single repetition has none.
func (c Cell) Spread(figure func(results.Histogram) int64) (Range, bool) {
	return rangeOf(c.Steps, figure), len(c.Steps) > 1
}

// Throughput is the median of the repetitions' answered requests per second, 0 when
// nothing was measured.
func (c Cell) Throughput() float64 {
	if len(c.Steps) == 0 {
		return 0
	}
	all := make([]float64, len(c.Steps))
	for i, s := range c.Steps {
		all[i] = s.Series.Throughput
	}
	slices.Sort(all)
	if n := len(all); n%2 == 0 {
		return (all[n/2-1] + all[n/2]) / 2
	}
	return all[len(all)/2]
}

// Components lists what used CPU in any of the cells: servers in order of name, the
// generator last.
func Components(cells []Cell) []string {
	var names []string
	for _, c := range cells {
		for _, s := range c.Steps {
			for _, u := range s.Series.Usage {
				names = append(names, u.Component)
			}
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if (a == Generator) != (b == Generator) {
			return map[bool]int{true: 1, false: -1}[a == Generator]
		}
		return cmp.Compare(a, b)
	})
	return slices.Compact(names)
}

// Generator is the component that makes the load: it isn't part of the deployment,
// and so not of its cost.
const Generator = "generator"

// CPU is the CPU time of a component for each request that left, in microseconds; ok
// is false unless every repetition knows it.
func (c Cell) CPU(component string) (us float64, ok bool) {
	var seconds float64
	for _, s := range c.Steps {
		i := slices.IndexFunc(s.Series.Usage, func(u results.Usage) bool { return u.Component == component })
		if i < 0 {
			return 0, false
		}
		seconds += s.Series.Usage[i].CPUSeconds
	}
	if c.Sent == 0 {
		return 0, false
	}
	return seconds * 1e6 / float64(c.Sent), true
}

// ServerCPU is the CPU time of all components but the generator for each request, in
// microseconds; ok is false unless each of the components is known.
func (c Cell) ServerCPU(components []string) (us float64, ok bool) {
	for _, name := range components {
		if name == Generator {
			continue
		}
		part, known := c.CPU(name)
		if !known {
			return 0, false
		}
		us, ok = us+part, true
	}
	return us, ok
}

// Introspections is the number of introspection calls for 1,000 requests; ok is
// false unless every repetition knows it.
func (c Cell) Introspections() (per1000 float64, ok bool) {
	var calls int64
	for _, s := range c.Steps {
		if s.Series.Upstream == nil {
			return 0, false
		}
		calls += s.Series.Upstream.Introspections
	}
	if c.Sent == 0 {
		return 0, false
	}
	return float64(calls) * 1000 / float64(c.Sent), true
}

// Cells groups the load steps of a run, in the order of target, load, strategy and
// form. A load step that has no series adds its verdict to the cell and no figures:
// what couldn't be measured isn't passed over.
func Cells(run results.Run) ([]Cell, error) {
	var cells []Cell
	index := map[string]int{}
	for _, s := range run.Steps {
		if s.Series == nil && s.Step.Strategy == "" {
			continue
		}
		k := key(s.Step)
		i, ok := index[k]
		if !ok {
			i = len(cells)
			index[k] = i
			cells = append(cells, Cell{Step: s.Step, Verdict: s.Verdict, Reason: s.Reason})
		}
		c := &cells[i]
		if s.Series != nil {
			c.Steps = append(c.Steps, s)
			c.Sent += s.Series.Sent
		}
		if s.Verdict > c.Verdict {
			c.Verdict, c.Reason = s.Verdict, s.Reason
		}
	}
	for i := range cells {
		parts := make([]results.Histogram, len(cells[i].Steps))
		for j, s := range cells[i].Steps {
			parts[j] = s.Series.Response
		}
		var err error
		if cells[i].Response, err = Merge(parts...); err != nil {
			return nil, fmt.Errorf("cell %s: %w", cells[i].Step.Scenario, err)
		}
	}
	slices.SortStableFunc(cells, compare)
	return cells, nil
}

// ByLoad splits cells, in the order of [Cells], where the target or the load changes:
// only cells under the same load compare.
func ByLoad(cells []Cell) [][]Cell {
	type load struct {
		target   string
		arrivals results.Arrivals
		rate     float64
		workers  int // decides the load of closed arrivals alone
	}
	of := func(c Cell) load {
		return load{c.Step.Target, c.Step.Arrivals, c.Step.Rate, closedWorkers(c)}
	}
	var groups [][]Cell
	for i, c := range cells {
		if i == 0 || of(c) != of(cells[i-1]) {
			groups = append(groups, nil)
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], c)
	}
	return groups
}

// key is everything that makes steps repetitions of one another.
func key(s results.Step) string {
	return fmt.Sprintf("%q %q %q %q %q %g %s %s %d %d",
		s.Scenario, s.Target, s.Strategy, s.Kind, s.Form, s.Rate, s.Arrivals, s.Duration, s.Workers, s.Tokens)
}

func compare(a, b Cell) int {
	return cmp.Or(
		cmp.Compare(a.Step.Target, b.Step.Target),
		map[bool]int{true: 1}[a.Closed()]-map[bool]int{true: 1}[b.Closed()],
		cmp.Compare(a.Step.Arrivals, b.Step.Arrivals),
		cmp.Compare(a.Step.Rate, b.Step.Rate),
		closedWorkers(a)-closedWorkers(b),
		cmp.Compare(a.Step.Strategy, b.Step.Strategy),
		cmp.Compare(a.Step.Kind, b.Step.Kind),
		cmp.Compare(a.Step.Form, b.Step.Form),
		cmp.Compare(key(a.Step), key(b.Step)),
	)
}

// closedWorkers keeps the cells of one closed load together.
func closedWorkers(c Cell) int {
	if c.Closed() {
		return c.Step.Workers
	}
	return 0
}
