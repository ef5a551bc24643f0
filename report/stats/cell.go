package stats

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/oauthmark/oauthmark/results"
)

// Cell is one measurement: the repetitions of one scenario on a target, with the same
// axes and under the same load. Steps that differ in any of these are apart.
//
// A cell is judged by its good repetitions: one that the generator or the machine
// disturbed says nothing about the server, and is left out where another is good.
type Cell struct {
	Step     results.Step    // of the first repetition
	Steps    []Repetition    // that count; none when none was measured
	LeftOut  []Repetition    // that don't, for they were disturbed
	Verdict  results.Verdict // the worst of those that count
	Reason   string          // of that verdict
	Response *hdrhistogram.PackedHistogram
	Sent     int64
	Traits   []Trait // of its load, that tell it from the others of the record
}

// Repetition is a step that was measured, with its response times decoded.
type Repetition struct {
	results.StepResult
	Response *hdrhistogram.PackedHistogram
}

// Name tells the cell from the others under its load, as in local/ES256.
func (c Cell) Name() string { return c.Step.Label() }

// Family is the first word of the cell's scenario.
func (c Cell) Family() string {
	family, _, _ := strings.Cut(c.Step.Scenario, "/")
	return family
}

// Form is the form of the tokens, and whether it is opaque or self-contained; both are
// empty where the scenario has no such axis.
func (c Cell) Form() (form, class string) {
	a := c.Step.Axis("form")
	return a.Value, a.Class
}

// Offered is the load, the zero value for a cell of an older record without any. Its rate
// is the one that the step found, where the plan has none.
func (c Cell) Offered() results.Offered {
	if c.Step.Load == nil {
		return results.Offered{}
	}
	o := *c.Step.Load
	if o.Rate == 0 && len(c.Steps) > 0 {
		o.Rate = c.Steps[0].Series.Rate
	}
	return o
}

// Closed reports whether the cell measured capacity. Its latencies say how long the
// queue was, and nothing about what a user waits.
func (c Cell) Closed() bool { return c.Step.Load.Closed() }

// Sound reports whether the cell's figures may be compared without a mark.
func (c Cell) Sound() bool { return c.Verdict == results.Pass && c.Response.TotalCount() > 0 }

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

// Store is the component that keeps tokens, or answers, where that is a server of its own,
// and the axis that says so.
const Store = "store"

// Proxy is the component that stands for a network, and is as little of the deployment.
const Proxy = "proxy"

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

// Each is the cell's repetitions, each as a cell of its own.
func (c Cell) Each() []Cell {
	out := make([]Cell, len(c.Steps))
	for i, r := range c.Steps {
		out[i] = Cell{Step: r.Step, Steps: c.Steps[i : i+1], Verdict: r.Verdict, Response: r.Response, Sent: r.Series.Sent}
	}
	return out
}

// ServerCPU is the CPU time of all components of the deployment for each request, in
// microseconds; ok is false unless each of the components is known. A store counts for
// cells whose tokens, or answers, are in one that is a server.
func (c Cell) ServerCPU(components []string) (us float64, ok bool) {
	stored := c.Step.Axis(Store).Class == "server"
	if stored && !slices.Contains(components, Store) {
		return 0, false
	}
	for _, name := range components {
		if name == Generator || name == Proxy || name == Store && !stored {
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

// Calls is the number of requests to the issuer for 1,000 requests: questions about
// single tokens, and all together with what is fetched for all tokens. ok is false
// unless every repetition knows them.
func (c Cell) Calls() (questions, all float64, ok bool) {
	for _, s := range c.Steps {
		perToken, total, known := s.Series.Calls("issuer")
		if !known {
			return 0, 0, false
		}
		questions, all = questions+float64(perToken), all+float64(total)
	}
	if c.Sent == 0 {
		return 0, 0, false
	}
	return questions * 1000 / float64(c.Sent), all * 1000 / float64(c.Sent), true
}

// Cells groups the load steps of a run and decodes their histograms, in the order of
// target, load and axes. A load step that has no series adds its verdict to the cell and
// no figures: what couldn't be measured isn't passed over. The error is that of a
// histogram which can't be decoded.
func Cells(run results.Run) ([]Cell, error) { return cellsWithin(run, maxBuckets) }

// maxBuckets is how many buckets the histograms of a record may have in use, all in all:
// a few bytes of a record can be many of them.
const maxBuckets = 100_000_000

func cellsWithin(run results.Run, room int) ([]Cell, error) {
	var order []string
	all := map[string][]Repetition{}
	for _, s := range run.Steps {
		if !s.Loaded() || s.Superseded {
			continue
		}
		r := Repetition{StepResult: s}
		if s.Series != nil {
			var err error
			if r.Response, err = decode(s.Series, &room); err != nil {
				return nil, fmt.Errorf("step %s: %w", s.Step.ID, err)
			}
		}
		k := s.Step.Cell()
		if all[k] == nil {
			order = append(order, k)
		}
		all[k] = append(all[k], r)
	}
	var cells []Cell
	traits := Traits(run)
	for _, k := range order {
		c, err := cellOf(all[k])
		if err != nil {
			return nil, err
		}
		c.Traits = traits(c.Step.Load)
		cells = append(cells, c)
	}
	slices.SortStableFunc(cells, compare)
	return cells, nil
}

func cellOf(all []Repetition) (Cell, error) {
	c := Cell{Step: all[0].Step, Response: results.NewPacked()}
	good := slices.ContainsFunc(all, func(r Repetition) bool { return r.Verdict == results.Pass })
	for _, r := range all {
		if good && r.Disturbed && r.Verdict == results.Inconclusive {
			c.LeftOut = append(c.LeftOut, r)
			continue
		}
		if r.Verdict > c.Verdict {
			c.Verdict, c.Reason = r.Verdict, r.Reason
		}
		if r.Series == nil {
			continue
		}
		if c.Response.Merge(r.Response) > 0 {
			return c, fmt.Errorf("step %s: samples are out of range", r.Step.ID)
		}
		c.Steps = append(c.Steps, r)
		c.Sent += r.Series.Sent
	}
	return c, nil
}

// decode returns the response times. The other histograms are looked at too: a record
// that is damaged in one is damaged. Room is how many more buckets may be in use, in those
// of outcomes as well.
func decode(s *results.Series, room *int) (*hdrhistogram.PackedHistogram, error) {
	for _, h := range []results.Histogram{s.Service, s.Lateness, s.Undelayed} {
		if _, err := h.Decode(); err != nil {
			return nil, err
		}
	}
	take := func(h results.Histogram) (*hdrhistogram.PackedHistogram, error) {
		made, err := h.Decode()
		if err != nil {
			return nil, err
		}
		if *room -= int(made.Populated()); *room < 0 {
			return nil, errors.New("the histograms of the record are too large")
		}
		return made, nil
	}
	for _, o := range s.Outcomes {
		for _, h := range []results.Histogram{o.Response, o.Service} {
			if _, err := take(h); err != nil {
				return nil, err
			}
		}
	}
	return take(s.Response)
}

// ByLoad splits cells, in the order of [Cells], where the target, the family of
// scenarios or the load changes: only cells under the same load compare.
func ByLoad(cells []Cell) [][]Cell {
	var groups [][]Cell
	for i, c := range cells {
		if i == 0 || compareLoad(c, cells[i-1]) != 0 {
			groups = append(groups, nil)
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], c)
	}
	return groups
}

// Spectra are the groups of [ByLoad] that have a distribution of latencies to draw, each
// without the cells that have none.
func Spectra(cells []Cell) [][]Cell {
	var out [][]Cell
	for _, group := range ByLoad(cells) {
		var measured []Cell
		for _, c := range group {
			if c.Response.TotalCount() > 0 && !c.Closed() {
				measured = append(measured, c)
			}
		}
		if measured != nil {
			out = append(out, measured)
		}
	}
	return out
}

func compareLoad(a, b Cell) int {
	x, y := a.Offered(), b.Offered()
	return cmp.Or(
		cmp.Compare(a.Step.Target, b.Step.Target),
		cmp.Compare(a.Family(), b.Family()),
		map[bool]int{true: 1}[a.Closed()]-map[bool]int{true: 1}[b.Closed()],
		cmp.Compare(x.Arrivals, y.Arrivals),
		cmp.Compare(x.Rate, y.Rate),
		closedWorkers(a)-closedWorkers(b),
		cmp.Compare(x.Tokens, y.Tokens),
		cmp.Compare(x.Reuse, y.Reuse),
		cmp.Compare(x.Trace, y.Trace),
	)
}

func compare(a, b Cell) int {
	return cmp.Or(
		compareLoad(a, b),
		map[bool]int{true: 1}[a.Step.Floor]-map[bool]int{true: 1}[b.Step.Floor], // below what stands on it
		slices.CompareFunc(a.Step.Axes, b.Step.Axes, func(x, y results.Axis) int {
			return cmp.Or(cmp.Compare(x.Class, y.Class), compareValues(x.Value, y.Value))
		}),
		cmp.Compare(a.Step.Cell(), b.Step.Cell()),
	)
}

// compareValues orders the values of an axis, lengths of time by how long they are.
func compareValues(a, b string) int {
	x, notX := time.ParseDuration(a)
	y, notY := time.ParseDuration(b)
	if notX == nil && notY == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}

// closedWorkers keeps the cells of one closed load together.
func closedWorkers(c Cell) int {
	if c.Closed() {
		return c.Offered().Workers
	}
	return 0
}
