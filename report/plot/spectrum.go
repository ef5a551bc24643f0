package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

const (
	spectrumWidth  = 13.4 * vg.Inch
	spectrumHeight = 7.2 * vg.Inch
	legendWidth    = 3.7 * vg.Inch

	// fewSamples is the number of samples beyond a percentile under which chance
	// decides it; the line is thin there.
	fewSamples = 10
	// mostCurves is how many lines a picture has, which an eye can't tell apart by far.
	mostCurves = 40
)

// curve is the spectrum of a cell: latency in milliseconds by nines.
type curve struct {
	cell        stats.Cell
	look        look
	solid, thin []point // thin starts where solid ends
}

type point struct{ x, ms float64 }

func curveOf(c stats.Cell, l look) curve {
	if untrusted(c.Verdict) {
		l = look{color: grey, dashes: []vg.Length{3, 3}}
	}
	out := curve{cell: c, look: l}
	n := float64(c.Response.TotalCount())
	last, sure := nines(1-1/math.Max(n, 2)), 0.0
	if n > fewSamples {
		sure = nines(1 - fewSamples/n)
	}
	const steps = 400
	at := func(x float64) point {
		return point{x, float64(stats.Quantile(c.Response, quantile(x))) / 1e6}
	}
	for i := 0; i <= steps; i++ {
		x := last * float64(i) / steps
		if x < sure {
			out.solid = append(out.solid, at(x))
			continue
		}
		if len(out.thin) == 0 {
			out.solid = append(out.solid, at(sure))
			out.thin = append(out.thin, at(sure))
		}
		out.thin = append(out.thin, at(x))
	}
	return out
}

// Plot implements plot.Plotter.
func (k curve) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, part := range []struct {
		points []point
		width  vg.Length
	}{{k.solid, 2.4}, {k.thin, 1.1}} {
		line := make([]vg.Point, len(part.points))
		for i, pt := range part.points {
			line[i] = vg.Point{X: x(pt.x), Y: y(pt.ms)}
		}
		c.StrokeLines(k.look.line(part.width), line)
	}
}

func spectrum(name string, run results.Run, cells []stats.Cell, looks map[string]look) picture {
	drawn := cells[:min(len(cells), mostCurves)]
	var curves []curve
	xmax, low, high := 2.0, math.Inf(1), 0.0
	for _, c := range drawn {
		k := curveOf(c, looks[c.Name()])
		for _, pt := range slices.Concat(k.solid, k.thin) {
			xmax, low, high = max(xmax, pt.x), min(low, pt.ms), max(high, pt.ms)
		}
		curves = append(curves, k)
	}
	// The legend has the order of the lines at p99, so that the eye needn't jump.
	slices.SortStableFunc(curves, func(a, b curve) int { return cmp.Compare(tail(b.cell), tail(a.cell)) })

	p := frame("percentile of requests", "response time in ms")
	steps := logSteps(low, high)
	p.X.Min, p.X.Max, p.X.Tick.Marker = 0, xmax, percentTicks(xmax)
	p.Y.Min, p.Y.Max, p.Y.Scale = steps[0], steps[len(steps)-1], plot.LogScale{}
	var ticks plot.ConstantTicks
	for _, v := range steps {
		ticks = append(ticks, plot.Tick{Value: v, Label: plain(v)})
	}
	p.Y.Tick.Marker = ticks
	p.Add(rules{vertical: true, horizontal: true})
	// What can't be trusted lies behind what can.
	for _, trusted := range []bool{false, true} {
		for _, k := range curves {
			if untrusted(k.cell.Verdict) != trusted {
				p.Add(k)
			}
		}
	}
	page := sheet{
		title:    "How long a request waits: " + kindsOf(cells),
		subtitle: conditions(run, cells),
		foot: []string{
			fmt.Sprintf("Response time from the planned send time to the last byte; lines are thin where fewer than %d samples lie beyond. Grey: not to be compared.", fewSamples),
			origin(run),
		},
	}
	if left := len(cells) - len(drawn); left > 0 {
		page.foot[0] += fmt.Sprintf(" Not drawn: %d cells; the tables have all.", left)
	}
	return picture{name: name, w: spectrumWidth, h: spectrumHeight, draw: func(c draw.Canvas) {
		room := page.draw(c)
		p.Draw(draw.Crop(room, 0, -legendWidth, 0, 0))
		legend(draw.Crop(room, room.Size().X-legendWidth+20, 0, 0, 0), curves)
	}}
}

// legend stands beside the data, a line and its figures for each curve.
func legend(c draw.Canvas, curves []curve) {
	y := c.Max.Y - 6
	c.FillText(style(11, false, muted, text.XRight, text.YCenter), vg.Point{X: c.Max.X - 66, Y: y}, "p50")
	c.FillText(style(11, false, muted, text.XRight, text.YCenter), vg.Point{X: c.Max.X, Y: y}, "p99")
	for _, k := range curves {
		y -= 40
		c.StrokeLine2(k.look.line(2.4), c.Min.X, y+9, c.Min.X+34, y+9)
		c.FillText(style(12, true, ink, text.XLeft, text.YCenter), vg.Point{X: c.Min.X + 42, Y: y + 9}, k.cell.Name())
		if untrusted(k.cell.Verdict) {
			c.FillText(style(11, false, muted, text.XLeft, text.YCenter), vg.Point{X: c.Min.X + 42, Y: y - 7}, k.cell.Verdict.String())
			continue
		}
		figure := style(12, false, ink, text.XRight, text.YCenter)
		c.FillText(style(11, false, muted, text.XLeft, text.YCenter), vg.Point{X: c.Min.X + 42, Y: y - 7}, kindOf(k.cell))
		c.FillText(figure, vg.Point{X: c.Max.X - 66, Y: y - 7}, report.Nanoseconds(float64(stats.Quantile(k.cell.Response, 0.5))))
		c.FillText(figure, vg.Point{X: c.Max.X, Y: y - 7}, report.Nanoseconds(tail(k.cell)))
	}
}

func tail(c stats.Cell) float64 { return float64(stats.Quantile(c.Response, 0.99)) }

func kindOf(c stats.Cell) string {
	_, kind := c.Form()
	return kind
}

// kindsOf names the kinds of token that are in the picture.
func kindsOf(cells []stats.Cell) string {
	var kinds []string
	for _, c := range cells {
		if kind := kindOf(c); kind != "" {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	switch len(kinds) {
	case 0:
		return "all cells"
	case 1:
		return kinds[0] + " tokens"
	}
	out := kinds[0]
	for _, k := range kinds[1:] {
		out += " against " + k
	}
	return out + " tokens"
}

// conditions says under what the cells were measured.
func conditions(run results.Run, cells []stats.Cell) string {
	step, offered := cells[0].Step, cells[0].Offered()
	reps, few, many := 0, cells[0].Response.TotalCount(), int64(0)
	for _, c := range cells {
		reps = max(reps, len(c.Steps))
		few, many = min(few, c.Response.TotalCount()), max(many, c.Response.TotalCount())
	}
	target := targetOf(run, step.Target)
	samples := report.Count(few)
	if few != many {
		samples += " to " + report.Count(many)
	}
	out := fmt.Sprintf("%s, %s requests/s, %s arrivals, %d x %s, %s samples a line", target, report.Figure(offered.Rate),
		cmp.Or(offered.Arrivals, results.Constant), reps, time.Duration(offered.Duration), samples)
	if offered.Tokens > 0 {
		out += fmt.Sprintf(", %s tokens", report.Count(int64(offered.Tokens)))
	}
	if offered.Reuse > 0 {
		out += fmt.Sprintf(" reused by Zipf %g", offered.Reuse)
	}
	if offered.Workers > 0 {
		out += fmt.Sprintf(", %d in flight at most", offered.Workers)
	}
	return out
}

// targetOf says what the target of that name was.
func targetOf(run results.Run, name string) string {
	for _, t := range run.Provenance.Targets {
		if t.Name == name {
			return strings.Join(strings.Fields(fmt.Sprintf("%s %s (%s)", t.Name, t.Version, t.Runtime)), " ")
		}
	}
	return name
}

// origin says where a picture comes from, so that one that was copied out can be traced.
func origin(run results.Run) string {
	out := fmt.Sprintf("oauthmark %s, run %s", run.Provenance.Tool, run.ID)
	if run.Provenance.CPU != "" {
		out += fmt.Sprintf(", %d x %s", run.Provenance.Cores, run.Provenance.CPU)
	}
	return out
}

// conditionsOf says under what the candidates of one load were measured.
func conditionsOf(run results.Run, group []choose.Candidate) string {
	var cells []stats.Cell
	for _, c := range group {
		cells = append(cells, c.Cell)
	}
	return strings.Replace(conditions(run, cells), " samples a line", " samples each", 1)
}
