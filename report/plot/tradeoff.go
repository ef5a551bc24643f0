package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// mostPoints is how many strategies a picture of them has: more have no room for names.
const mostPoints = 36

// manyPoints is from how many on a name may find no room.
const manyPoints = 20

// tradeoffs draws, for each load, what each strategy trades for what: staleness against
// p99 against questions to the issuer. It takes two that have all three.
func tradeoffs(run results.Run, cells []stats.Cell, all []choose.Candidate, taken map[string]bool) (out []picture) {
	for _, group := range choose.ByLoad(all) {
		var placed []choose.Place
		var without []string
		for _, p := range choose.Frontier(group) {
			switch {
			case p.Placed:
				placed = append(placed, p)
			default:
				without = append(without, p.Cell.Name()+" ("+p.Lacks+")")
			}
		}
		if len(placed) < 2 || len(out) == report.MostSpectra {
			continue
		}
		out = append(out, tradeoff(unlike(taken, "tradeoff-"+loadSlug(group[0])), run, cells, group, placed, without))
	}
	return out
}

// loadSlug is the load of a candidate as part of a file's name.
func loadSlug(c choose.Candidate) string {
	o := c.Cell.Offered()
	return slug(c.Cell.Step.Target) + "-" + number(o.Rate) + "-" + slug(string(cmp.Or(o.Arrivals, results.Constant)))
}

// callSizes are how large a point is, by the most questions for 1,000 requests.
var callSizes = []struct {
	most   float64
	radius vg.Length
	name   string
}{{0, 3.5, "none"}, {10, 5.5, "up to 10"}, {100, 8, "up to 100"}, {999, 11, "up to 999"}, {math.Inf(1), 14.5, "1,000 or more: each request"}}

func callRadius(calls float64) vg.Length {
	for _, s := range callSizes {
		if math.Round(calls*10)/10 <= s.most {
			return s.radius
		}
	}
	return callSizes[len(callSizes)-1].radius
}

// spot is a strategy in the picture.
type spot struct {
	choose.Place
	x, y   float64 // p99 in ms, and the place of the staleness
	radius vg.Length
}

func (s spot) color() color.NRGBA {
	base := green[0]
	switch kindOf(s.Cell) {
	case "opaque":
		base = warm[1]
	case "self-contained":
		base = cool[0]
	}
	if !s.Frontier {
		return pale(base)
	}
	return base
}

// shape draws a point: a circle, or a square of the same size for self-contained tokens.
func shape(c draw.Canvas, square bool, at vg.Point, r vg.Length) vg.Path {
	var p vg.Path
	if square {
		r *= 0.89
		p.Move(vg.Point{X: at.X - r, Y: at.Y - r})
		p.Line(vg.Point{X: at.X + r, Y: at.Y - r})
		p.Line(vg.Point{X: at.X + r, Y: at.Y + r})
		p.Line(vg.Point{X: at.X - r, Y: at.Y + r})
	} else {
		p.Move(vg.Point{X: at.X + r, Y: at.Y})
		p.Arc(at, r, 0, 2*math.Pi)
	}
	p.Close()
	return p
}

func (s spot) draw(c draw.Canvas, at vg.Point) {
	square := kindOf(s.Cell) == "self-contained"
	c.SetColor(color.White)
	c.Fill(shape(c, square, at, s.radius+1.5))
	c.SetColor(s.color())
	c.Fill(shape(c, square, at, s.radius))
	width, outline := vg.Length(0.8), muted
	if s.Frontier {
		width, outline = 2, ink
	}
	c.SetLineStyle(draw.LineStyle{Color: outline, Width: width})
	c.Stroke(shape(c, square, at, s.radius))
}

// spots draws the strategies with their names beside them.
type spots []spot

// Plot implements plot.Plotter.
func (all spots) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	line := all.line(c, x, y)
	c.StrokeLines(draw.LineStyle{Color: muted, Width: 1.3, Dashes: []vg.Length{6, 4}}, line)
	var lines []stroke
	for i := 1; i < len(line); i++ {
		lines = append(lines, stroke{line[i-1], line[i]})
	}
	labels := make([]label, len(all))
	figure := style(9.5, false, muted, text.XLeft, text.YTop)
	for i, s := range all {
		labels[i] = label{at: vg.Point{X: x(s.x), Y: y(s.y)}, radius: s.radius + 1,
			width: max(s.style().Width(s.Cell.Name()), figure.Width(s.words())) + 2, height: 25}
	}
	places := place(labels, box{c.Min.X + 2, c.Min.Y + 2, c.Max.X - 2, c.Max.Y - 2}, lines)
	for _, p := range places {
		if p.ok { // what is behind the words is wiped out
			fillBox(c, p.box, color.White)
		}
		if p.line != nil {
			c.StrokeLine2(draw.LineStyle{Color: muted, Width: 0.6}, p.line.a.X, p.line.a.Y, p.line.b.X, p.line.b.Y)
		}
	}
	// The largest lie behind the others.
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[b].radius, all[a].radius) })
	for _, i := range order {
		all[i].draw(c, labels[i].at)
	}
	for i, s := range all {
		if p := places[i]; p.ok {
			c.FillText(s.style(), vg.Point{X: p.left + 1, Y: p.top}, s.Cell.Name())
			c.FillText(figure, vg.Point{X: p.left + 1, Y: p.top - 13}, s.words())
		}
	}
}

func (s spot) style() text.Style { return style(10.5, s.Frontier, ink, text.XLeft, text.YTop) }

// line is the least staleness that is to be had at each p99.
func (all spots) line(c draw.Canvas, x, y func(float64) vg.Length) (line []vg.Point) {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b spot) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) })
	least := math.Inf(1)
	for _, s := range sorted {
		if s.y >= least {
			continue
		}
		from := c.Max.Y
		if line != nil {
			from = line[len(line)-1].Y
		}
		least = s.y
		line = append(line, vg.Point{X: x(s.x), Y: from}, vg.Point{X: x(s.x), Y: y(s.y)})
	}
	return append(line, vg.Point{X: c.Max.X, Y: line[len(line)-1].Y})
}

// words are the figures of a point.
func (s spot) words() string {
	calls := "no call"
	if v := s.Figure(choose.IssuerCalls).Value; v > 0 {
		calls = report.Figure(v) + " calls"
	}
	staleness := stale(s.Figure(choose.Staleness).Value)
	if s.Figure(choose.Staleness).Kept {
		staleness += " *"
	}
	return fmt.Sprintf("%s, %s, %s", report.Nanoseconds(s.Figure(choose.P99).Value*1e9), staleness, calls)
}

// stale writes a staleness.
func stale(s float64) string {
	switch {
	case s <= 0:
		return "0 s"
	case s >= 3600:
		return report.Figure(s/3600) + " h"
	case s >= 60:
		return report.Figure(s/60) + " min"
	}
	return report.Nanoseconds(s * 1e9)
}

// staleTicks are times that a reader knows, in seconds.
var staleTicks = []plot.Tick{{Value: 1e-6, Label: "1 us"}, {Value: 1e-5, Label: "10 us"}, {Value: 1e-4, Label: "100 us"}, {Value: 1e-3, Label: "1 ms"},
	{Value: 1e-2, Label: "10 ms"}, {Value: 0.1, Label: "100 ms"}, {Value: 1, Label: "1 s"}, {Value: 10, Label: "10 s"}, {Value: 60, Label: "1 min"},
	{Value: 600, Label: "10 min"}, {Value: 3600, Label: "1 h"}, {Value: 36000, Label: "10 h"}, {Value: 864000, Label: "10 d"}}

func tradeoff(name string, run results.Run, cells []stats.Cell, group []choose.Candidate, placed []choose.Place, without []string) picture {
	// The frontier comes first: it has the best of the room, and all of it if there is little.
	slices.SortStableFunc(placed, func(a, b choose.Place) int {
		first := func(p choose.Place) int { return map[bool]int{true: -1}[p.Frontier] }
		return first(a) - first(b)
	})
	left := len(placed) - mostPoints
	placed = placed[:min(len(placed), mostPoints)]
	var staleness []float64
	for _, p := range placed {
		staleness = append(staleness, p.Figure(choose.Staleness).Value)
	}
	scale := zeroedOf(staleness)
	var all spots
	low, high := math.Inf(1), 0.0
	for _, p := range placed {
		ms := p.Figure(choose.P99).Value * 1e3
		low, high = min(low, ms), max(high, ms)
		all = append(all, spot{p, drawable(ms), scale.at(p.Figure(choose.Staleness).Value), callRadius(p.Figure(choose.IssuerCalls).Value)})
	}
	// Room for the names on both sides: at least a tenth of the axis.
	margin := max(1.3, math.Pow(drawable(high)/drawable(low), 0.15))
	p := frame("p99 of the response time in ms", "staleness: how long a revoked token is let in, at most")
	p.X.Min, p.X.Max, p.X.Scale, p.X.Tick.Marker = drawable(low/margin), drawable(high*margin), plot.LogScale{}, niceTicks(low/margin, high*margin)
	scale.axis(&p.Y, slices.Max(staleness), staleTicks)
	p.Add(rules{vertical: true, horizontal: true}, all)
	var notes []string
	if slices.ContainsFunc(placed, func(p choose.Place) bool { return p.Figure(choose.Staleness).Kept }) {
		notes = append(notes, "* Declared: the bound in the configuration of this run, of a strategy that kept a shorter one when tokens were revoked.")
	}
	if floor, ok := stats.FloorOf(cells, group[0].Cell); ok {
		notes = append(notes, fmt.Sprintf("A server that does nothing takes %s at p99 under the same load: that much of each is the generator's and the resource server's.", report.Nanoseconds(tail(floor))))
	}
	if left > 0 {
		notes = append(notes, fmt.Sprintf("Not drawn for want of room: %d; the tables have all.", left))
	}
	if len(placed) > manyPoints {
		notes = append(notes, "A point without a name has no room for one; the tables have all.")
	}
	if len(without) > 0 {
		notes = append(notes, "Not drawn, for a figure isn't known: "+strings.Join(without, ", ")+".")
	}
	foot := wrapped(notes, 10, footWidth)
	page := sheet{
		title:    "What a strategy trades for what: staleness, p99, and questions to the issuer",
		subtitle: conditionsOf(run, group),
		foot:     append(append([]string{"Both axes are logarithmic. Lower and further left is better, and a smaller point is."}, foot...), origin(run)),
	}
	return picture{name: name, w: spectrumWidth, h: spectrumHeight + vg.Length(14*len(foot)), shared: true, draw: func(c draw.Canvas) {
		room := page.draw(c)
		p.Draw(draw.Crop(room, 0, -tradeoffLegend, 0, 0))
		keyOf(draw.Crop(room, room.Size().X-tradeoffLegend+16, 0, 0, 0))
	}}
}

const tradeoffLegend = 2.9 * vg.Inch

// keyOf explains the points beside the data.
func keyOf(c draw.Canvas) {
	head, words := style(11, true, ink, text.XLeft, text.YCenter), style(11, false, ink, text.XLeft, text.YCenter)
	y := c.Max.Y - 6
	line := func(height vg.Length, st text.Style, x vg.Length, said string) {
		c.FillText(st, vg.Point{X: c.Min.X + x, Y: y}, said)
		y -= height
	}
	line(16, head, 0, "Questions to the issuer")
	line(22, style(10, false, muted, text.XLeft, text.YCenter), 0, "about single tokens, for 1,000 requests")
	mark := func(square bool, r vg.Length, fill color.NRGBA, outline color.NRGBA, width vg.Length) {
		at := vg.Point{X: c.Min.X + 18, Y: y}
		c.SetColor(fill)
		c.Fill(shape(c, square, at, r))
		c.SetLineStyle(draw.LineStyle{Color: outline, Width: width})
		c.Stroke(shape(c, square, at, r))
	}
	for _, s := range callSizes {
		y -= s.radius - 3
		mark(false, s.radius, color.NRGBA{0xff, 0xff, 0xff, 0xff}, muted, 0.8)
		line(s.radius+14, words, 42, s.name)
	}
	y -= 8
	line(22, head, 0, "Tokens")
	mark(false, 7, warm[1], muted, 0.8)
	line(22, words, 42, "opaque")
	mark(true, 7, cool[0], muted, 0.8)
	line(32, words, 42, "self-contained")
	line(22, head, 0, "Frontier")
	mark(false, 7, warm[1], ink, 2)
	line(14, words, 42, "on it: no other one is")
	line(14, words, 42, "surely better in one of the")
	line(24, words, 42, "three and worse in none")
	mark(false, 7, pale(warm[1]), muted, 0.8)
	line(26, words, 42, "not on it")
	c.StrokeLine2(draw.LineStyle{Color: muted, Width: 1.3, Dashes: []vg.Length{6, 4}}, c.Min.X, y, c.Min.X+36, y)
	line(14, words, 42, "the least staleness at a")
	line(14, words, 42, "p99, whatever the calls")
}
