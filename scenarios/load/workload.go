package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// cell is one thing that a workload measures on a target, under each of the rates.
type cell struct {
	axes  []results.Axis
	needs []targets.Capability // without which it doesn't apply
	// arranged says that a step starts a server of its own.
	arranged bool
	not      string // why it doesn't apply to any target; empty where it may
	does     string // what its name doesn't say; may be empty
	// load changes what the profile offers, where the cell needs another one; may be nil.
	load  func(*results.Offered)
	takes time.Duration // more than a step does that only sends its load
	// mixed says that its requests are of the mix that was asked for. Others have their own.
	mixed bool
}

// workload is a load scenario: which cells it has, and what is sent in a step of one.
// It is the same for all of them that a step offers its load at a planned rate, is
// repeated, and judges every answer. Its name is one word, after which the values of its
// first axes may stand: load/local.
type workload struct {
	name  string
	floor bool // its server does nothing
	once  bool // a step of it has samples enough, and isn't repeated
	alone bool // it asks the issuer itself, so that the resource server has nothing to count
	// cells lists what there is to measure on a target; without any, why.
	cells   func(t targets.Target, o scenarios.Options) (cells []cell, why string)
	usual   func(o *scenarios.Options) // fills in what nobody asked for, where the workload has another choice than the profile; may be nil
	traffic func(ctx context.Context, step results.Step, site scenarios.Site) (Traffic, error)
}

// Loads implements [scenarios.Loader].
func (workload) Loads() {}

// Plan implements [scenarios.Workload]. A step of it stays on this machine, and on hosts
// that a person allowed.
func (w workload) Plan(o scenarios.Options) (steps []results.Step, skipped []results.Skip) {
	if w.usual != nil {
		w.usual(&o)
	}
	for _, t := range o.Targets {
		cells, why := w.cells(t, o)
		if len(cells) == 0 {
			skipped = append(skipped, results.Skip{ID: w.name, Target: t.Name, Kind: results.NotApplicable, Reason: why})
		}
		for _, c := range cells {
			id, _, _ := strings.Cut(w.name, "/")
			for _, a := range c.axes {
				id += "/" + a.Value
			}
			if c.excluded(id, o) {
				continue
			}
			if lack := t.Lacks(c.needs); c.not == "" && lack != "" {
				c.not = fmt.Sprintf("target %s doesn't declare %s", t.Name, lack)
			}
			if c.not != "" {
				skipped = append(skipped, results.Skip{ID: id, Target: t.Name, Kind: results.NotApplicable, Reason: c.not})
				continue
			}
			for _, offered := range offers(o) {
				if !c.mixed {
					offered.Mix = ""
				}
				if c.load != nil {
					c.load(&offered)
				}
				step := results.Step{ID: id + "@" + t.Name, Kind: results.KindLoad, Target: t.Name, Axes: c.axes, Load: &offered, Floor: w.floor,
					Does: c.says(offered), Takes: offered.Duration + results.Duration(stepOverhead+c.takes+c.beside(offered, o))}
				step.ID += among(offered, o)
				for n := 1; n <= w.repetitions(o); n++ {
					repeated := step
					repeated.ID, repeated.Repetition = fmt.Sprintf("%s#%d", step.ID, n), n
					steps = append(steps, repeated)
				}
			}
		}
	}
	return steps, skipped
}

func (w workload) repetitions(o scenarios.Options) int {
	if w.once {
		return min(1, o.Profile.Repetitions)
	}
	return o.Profile.Repetitions
}

// stepOverhead is about what a step takes beside its load: tokens, connections, and a
// calibration.
const stepOverhead = 450 * time.Millisecond

// requestTimeout is of one request; one that takes longer got no answer.
const requestTimeout = 30 * time.Second

// Run implements [scenarios.Workload]: the traffic is made, connections are warmed,
// the load is driven, and the verdict is given.
func (w workload) Run(ctx context.Context, step results.Step, site scenarios.Site) (_ results.StepResult, failed error) {
	out := results.StepResult{Step: step, Started: time.Now()}
	l := Load{Workers: step.Load.Workers, Timeout: requestTimeout}
	if l.Workers == 0 {
		l.Workers, _ = MostInFlight()
	}
	var err error
	if l.Schedule, err = scheduleOf(*step.Load, site); err != nil {
		return unmeasured(out, err), nil
	}
	if l.Traffic, err = w.traffic(ctx, step, site); err != nil {
		return unmeasured(out, err), nil
	}
	if l.End != nil {
		defer func() { failed = errors.Join(failed, endWithin(ctx, l.End)) }()
	}
	inst := site.Instance
	if l.Instance != nil {
		inst = l.Instance
	}
	if err := stays(l.Traffic, inst.Target); err != nil {
		return unmeasured(out, err), nil
	}
	switch law := lawOf(*step.Load, site); {
	case l.Order != nil:
	case l.Mix != nil:
		l.Order = l.Mix.draw(l.Requests, l.Schedule.arrivals(), site.Seed, law)
	default:
		l.Order = draw(l.Requests, l.Schedule.arrivals(), badShare, site.Seed, law)
	}
	l.Progress = func(answers int64) {
		site.Progress(float64(answers)/float64(len(l.Order)), fmt.Sprintf("%d answers", answers))
	}
	var before gauge
	l.Begin = func() { before = begin(ctx, inst) }
	m, err := Drive(ctx, l)
	if err != nil {
		return unmeasured(out, err), nil
	}
	after := end(context.WithoutCancel(ctx), inst)
	used, counted := after.since(before)
	out.Elapsed = results.Duration(time.Since(out.Started))
	out.Series = m.series()
	if w.alone {
		counted = nil
	}
	if inst != site.Instance {
		for _, s := range inst.Services {
			out.Services = append(out.Services, s.Provenance())
		}
	}
	out.Declared = declaration(context.WithoutCancel(ctx), inst, step.Axis("strategy").Value)
	out.Series.Usage, out.Series.Counters = used, counted
	m.Usage, m.UsedInPart, m.Counters, m.Costly = used, after.unknown || before.unknown, counted, l.Costly
	if l.Figures != nil {
		out.Figures = l.Figures(m)
	}
	if ctx.Err() != nil { // half a step didn't see what its limits are about
		for i := range out.Figures {
			out.Figures[i].Limit = nil
		}
	}
	out.Verdict, out.Reason, out.Warnings, out.Disturbed = Judge(m, l.Schedule, ctx.Err() != nil)
	if len(l.Lacks) > 0 {
		lacks := results.Warning{Code: "outcome-not-sent", Text: "asked for and not sent: " + strings.Join(l.Lacks, "; ")}
		if out.Warnings = append(out.Warnings, lacks); out.Verdict == results.Pass {
			out.Verdict, out.Reason = results.Inconclusive, lacks.Text
		}
	}
	if l.Caveats != nil {
		out.Warnings = append(out.Warnings, l.Caveats()...)
	}
	if others := after.disturbances(before, used); len(others) > 0 && out.Verdict == results.Pass {
		out.Verdict, out.Disturbed, out.Reason = results.Inconclusive, true, strings.Join(others, "; ")+": "+busyAdvice
		out.Warnings = append(out.Warnings, results.Warning{Code: "machine-busy", Text: out.Reason})
	}
	if l.Untimed && out.Verdict == results.Inconclusive && aboutLatency(out) {
		out.Verdict, out.Disturbed, out.Reason = results.Pass, false, ""
	}
	for _, f := range out.Figures {
		if f.Broken() && out.Verdict < results.Fail {
			out.Verdict, out.Disturbed, out.Reason = results.Fail, false, fmt.Sprintf("%s is %.4g%s, beyond its limit of %.4g", f.Name, f.Value, strings.TrimRight(" "+f.Unit, " "), *f.Limit)
			out.Warnings = append(out.Warnings, results.Warning{Code: "beyond-limit", Text: out.Reason})
		}
	}
	if l.Doubt != nil && out.Verdict == results.Pass {
		if why := l.Doubt(); why != "" {
			out.Verdict, out.Reason = results.Inconclusive, why
			out.Warnings = append(out.Warnings, results.Warning{Code: "not-seen", Text: why})
		}
	}
	return out, nil
}

// aboutLatency reports whether nothing but latencies is the reason of a verdict.
func aboutLatency(r results.StepResult) bool {
	return slices.ContainsFunc(r.Warnings, func(w results.Warning) bool {
		return w.Text == r.Reason && slices.Contains([]string{"generator-late", "machine-saturated", "machine-busy"}, w.Code)
	})
}

// endTimeout bounds how long what a step arranged may take to stop.
const endTimeout = 30 * time.Second

func endWithin(ctx context.Context, end func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	return end(ctx)
}

// unmeasured is the result of a step that the servers didn't let begin: it says
// nothing about their speed, and so is inconclusive.
func unmeasured(out results.StepResult, err error) results.StepResult {
	out.Verdict, out.Reason = results.Inconclusive, "not measured: "+err.Error()
	out.Warnings = []results.Warning{{Code: "not-measured", Text: out.Reason}}
	return out
}

// series is the record's form of a measurement.
func (m Measurement) series() *results.Series {
	s := &results.Series{
		Planned: m.Planned, Sent: m.Sent, Verdicts: m.Verdicts,
		Response: results.EncodeHistogram(m.Response),
		Service:  results.EncodeHistogram(m.Service),
		Lateness: results.EncodeHistogram(m.Lateness), Undelayed: results.EncodeHistogram(m.Undelayed),
		MostInFlight: m.MostInFlight, Stood: results.Duration(m.Stood),
		BytesIn: m.BytesIn, BytesOut: m.BytesOut, Timeline: m.Timeline, Outcomes: m.kinds.recorded(),
	}
	if m.LastAnswer > 0 {
		s.Throughput = float64(m.Sent-m.Verdicts.TransportError) / m.LastAnswer.Seconds()
	}
	return s
}
