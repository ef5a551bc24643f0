package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/results"
)

// ray is a strategy's load of the issuer by the rate of requests, the lowest rate first.
type ray struct {
	candidate choose.Candidate // at the highest rate
	look      look
	rates     []float64
	loads     []float64
}

func (r ray) last() float64 { return r.loads[len(r.loads)-1] }

// burden is what a request asks of the issuer: CPU where it is known of all, and else
// questions.
type burden struct {
	axis, title string
	of          func(choose.Candidate) (float64, bool) // a second of the load
	ticks       []plot.Tick
}

var cores = burden{"CPU of the issuer, in cores", "How much of a processor the issuer needs", func(c choose.Candidate) (float64, bool) {
	us, ok := c.Cell.CPU("issuer")
	return us / 1e6 * c.Cell.Throughput(), ok && c.Cell.Sound()
}, []plot.Tick{{Value: 1e-5, Label: "0.00001"}, {Value: 1e-4, Label: "0.0001"}, {Value: 1e-3, Label: "0.001"}, {Value: 0.01, Label: "0.01"},
	{Value: 0.1, Label: "0.1"}, {Value: 1, Label: "1"}, {Value: 10, Label: "10"}, {Value: 100, Label: "100"}}}

var questions = burden{"questions to the issuer per second", "How often the issuer is asked", func(c choose.Candidate) (float64, bool) {
	f := c.Figure(choose.IssuerCalls)
	return f.Value / 1000 * c.Cell.Throughput(), f.Known
}, []plot.Tick{{Value: 1e-3, Label: "0.001"}, {Value: 0.01, Label: "0.01"}, {Value: 0.1, Label: "0.1"}, {Value: 1, Label: "1"}, {Value: 10, Label: "10"},
	{Value: 100, Label: "100"}, {Value: 1e3, Label: "1,000"}, {Value: 1e4, Label: "10,000"}, {Value: 1e5, Label: "100,000"}}}

// mostRays is how many lines have room for a name each.
const mostRays = 26

// issuerLoads draws, for each target that was loaded at several rates, what that asked of
// the issuer.
func issuerLoads(run results.Run, all []choose.Candidate, looks map[string]look, taken map[string]bool) (out []picture) {
	var order []string
	groups := map[string][]choose.Candidate{}
	for _, c := range all {
		key := c.Cell.Step.Target + " " + string(c.Cell.Offered().Arrivals)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], c)
	}
	for _, key := range order[:min(len(order), report.MostSpectra)] {
		group := groups[key]
		what := cores
		if slices.ContainsFunc(group, func(c choose.Candidate) bool { _, ok := cores.of(c); return c.Cell.Sound() && !ok }) {
			what = questions
		}
		rays, without := raysOf(group, what, looks)
		if len(rays) == 0 {
			continue
		}
		name := unlike(taken, "issuer-"+slug(group[0].Cell.Step.Target)+"-"+slug(string(cmp.Or(group[0].Cell.Offered().Arrivals, results.Constant))))
		out = append(out, issuerLoad(name, run, what, rays, without))
	}
	return out
}

// raysOf are the strategies with several rates, the one that asks most at the end first,
// and the names of those of which a rate is missing.
func raysOf(group []choose.Candidate, what burden, looks map[string]look) (rays []ray, without []string) {
	index := map[string]int{}
	for _, c := range group {
		v, ok := what.of(c)
		name := c.Cell.Name()
		if !ok {
			without = append(without, fmt.Sprintf("%s at %s/s (%s)", name, report.Figure(c.Cell.Offered().Rate), c.Cell.Verdict))
			continue
		}
		i, seen := index[name]
		if !seen {
			i = len(rays)
			index[name] = i
			rays = append(rays, ray{look: looks[name]})
		}
		r := &rays[i] // the cells are in order of the rate
		r.candidate, r.rates, r.loads = c, append(r.rates, drawable(c.Cell.Offered().Rate)), append(r.loads, v)
	}
	rays = slices.DeleteFunc(rays, func(r ray) bool { return len(r.rates) < 2 })
	slices.SortStableFunc(rays, func(a, b ray) int { return cmp.Compare(b.last(), a.last()) })
	return rays, without
}

// fan draws the lines, and their names at their ends.
type fan struct {
	rays  []ray
	scale zeroed
	room  vg.Length // for the names
	words func(float64) string
}

// Plot implements plot.Plotter.
func (f fan) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var ends []vg.Point
	for _, r := range f.rays {
		var line []vg.Point
		for i, rate := range r.rates {
			line = append(line, vg.Point{X: x(rate), Y: y(f.scale.at(r.loads[i]))})
		}
		c.StrokeLines(r.look.line(2.2), line)
		for _, at := range line {
			c.SetColor(r.look.color)
			c.Fill(shape(c, kindOf(r.candidate.Cell) == "self-contained", at, 3.5))
		}
		ends = append(ends, line[len(line)-1])
	}
	heights := make([]vg.Length, len(ends))
	for i := range ends { // from the lowest
		heights[i] = ends[len(ends)-1-i].Y
	}
	apart(heights, 14.5, c.Min.Y, c.Max.Y-4)
	for i, r := range f.rays {
		from, at := ends[i], vg.Point{X: c.Max.X + 34, Y: heights[len(heights)-1-i]}
		c.StrokeLines(draw.LineStyle{Color: r.look.color, Width: 0.8}, []vg.Point{{X: from.X + 6, Y: from.Y}, {X: c.Max.X + 14, Y: at.Y}, {X: at.X - 4, Y: at.Y}})
		name := style(10.5, true, ink, text.XLeft, text.YCenter)
		c.FillText(name, at, r.candidate.Cell.Name())
		c.FillText(style(10.5, false, muted, text.XLeft, text.YCenter), vg.Point{X: at.X + name.Width(r.candidate.Cell.Name()) + 7, Y: at.Y}, f.words(r.last()))
	}
}

const fanRoom = 4.1 * vg.Inch

func issuerLoad(name string, run results.Run, what burden, rays []ray, without []string) picture {
	left := len(rays) - mostRays
	rays = rays[:min(len(rays), mostRays)]
	low, high, most := math.Inf(1), 0.0, 0.0
	var values, rates []float64
	for _, r := range rays {
		low, high = min(low, r.rates[0]), max(high, r.rates[len(r.rates)-1])
		for _, v := range r.loads {
			values, most = append(values, v), max(most, v)
		}
		rates = append(rates, r.rates...)
	}
	scale := zeroedOf(values)
	p := frame("requests per second", what.axis)
	slices.Sort(rates)
	var ticks plot.ConstantTicks
	for _, rate := range slices.Compact(rates) {
		ticks = append(ticks, plot.Tick{Value: rate, Label: report.Figure(rate)})
	}
	if len(ticks) > 8 {
		ticks = niceTicks(low, high)
	}
	p.X.Min, p.X.Max, p.X.Scale, p.X.Tick.Marker = drawable(low*0.93), drawable(high*1.02), plot.LogScale{}, ticks
	scale.axis(&p.Y, most, what.ticks)
	words := func(v float64) string { return report.Figure(v) + " cores" }
	if what.axis == questions.axis {
		words = func(v float64) string { return report.Figure(v) + "/s" }
	}
	p.Add(rules{vertical: true, horizontal: true}, fan{rays: rays, scale: scale, words: words})
	var notes []string
	if left > 0 {
		notes = append(notes, fmt.Sprintf("Not drawn for want of room: %d strategies that ask less of it; the tables have all.", left))
	}
	if len(without) > 0 {
		notes = append(notes, "Not drawn: "+strings.Join(without, ", ")+".")
	}
	foot := wrapped(notes, 10, footWidth)
	page := sheet{
		title: what.title + " as requests grow",
		subtitle: fmt.Sprintf("%s, %s arrivals, from %s to %s requests/s", targetOf(run, rays[0].candidate.Cell.Step.Target),
			cmp.Or(rays[0].candidate.Cell.Offered().Arrivals, results.Constant), report.Figure(low), report.Figure(high)),
		foot: append(append([]string{"Both axes are logarithmic. Figures beside the names are those at the highest rate."}, foot...), origin(run)),
	}
	return picture{name: name, w: spectrumWidth, h: spectrumHeight + vg.Length(14*len(foot)), shared: true, draw: func(c draw.Canvas) {
		p.Draw(draw.Crop(page.draw(c), 0, -fanRoom, 0, 0))
	}}
}
