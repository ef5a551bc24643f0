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
	"github.com/oauthmark/oauthmark/results"
)

// bar is the cost of one operation, in nanoseconds.
type bar struct {
	results.Cost
	limit   float64 // 0 where there is none
	verdict results.Verdict
}

// costsOf lists the operations that were timed and aren't mere limits, by name, and counts
// those of them that have no figure, as when a run was interrupted.
func costsOf(run results.Run) (out []bar, unmeasured int) {
	for _, s := range run.Steps {
		figures := map[string]float64{}
		for _, c := range s.Costs {
			figures[c.Operation], _, _ = c.Figure()
		}
		for _, c := range s.Costs {
			switch {
			case report.Operation(c.Operation).IsLimit() || c.Untimed:
			case figures[c.Operation] > 0:
				out = append(out, bar{c, figures[c.Limit], s.Verdict})
			default:
				unmeasured++
			}
		}
	}
	slices.SortStableFunc(out, func(a, b bar) int { return cmp.Compare(a.Operation, b.Operation) })
	return out, unmeasured
}

// manyBars is how many bars one picture may have, when all is drawn in one, and mostBars
// how many it may have at all.
const manyBars, mostBars = 24, 150

// charts are what is drawn where one picture can't have it all: the families of each.
var charts = []struct {
	name, title string
	families    []string // none stands for those of no other chart
}{
	{"cost", "What signing and verifying a token costs in one process", []string{"sign", "verify"}},
	{"cost-encryption", "What encrypting costs in one process", []string{"seal", "open", "encrypt", "decrypt"}},
	{"cost-other", "What hashing, storing and looking up cost in one process", nil},
}

// costCharts draws the operations: all in one picture, or, where they are many, a
// picture for each group of families, with the usual input of each algorithm.
func costCharts(run results.Run) []picture {
	all, unmeasured := costsOf(run)
	if len(all) == 0 {
		return nil
	}
	absent := ""
	if unmeasured > 0 {
		absent = fmt.Sprintf("Not drawn: operations of the run without a figure, %d. ", unmeasured)
	}
	if len(all) <= manyBars {
		return []picture{costChart("cost", "What one operation costs in one process", absent, run, all)}
	}
	var named []string
	for _, chart := range charts {
		named = append(named, chart.families...)
	}
	var out []picture
	for _, chart := range charts {
		var of, drawn []bar
		for _, b := range all {
			family := report.Operation(b.Operation).Family()
			if slices.Contains(chart.families, family) || chart.families == nil && !slices.Contains(named, family) {
				of = append(of, b)
			}
		}
		usual := usualOf(of)
		for _, b := range of {
			if usual[b.Operation] {
				drawn = append(drawn, b)
			}
		}
		if len(drawn) == 0 {
			continue
		}
		drawn = drawn[:min(len(drawn), mostBars)]
		note := absent
		if len(drawn) < len(of) {
			note += fmt.Sprintf("%d of %d operations, each with its usual input; the tables have all. ", len(drawn), len(of))
		}
		out = append(out, costChart(chart.name, chart.title, note, run, drawn))
	}
	return out
}

// usualOf names the operations that the sentences of the report would quote, too.
func usualOf(all []bar) map[string]bool {
	var costs []results.Cost
	families := map[string]bool{}
	for _, b := range all {
		costs = append(costs, b.Cost)
		families[report.Operation(b.Operation).Family()] = true
	}
	usual := map[string]bool{}
	for family := range families {
		for _, c := range report.OfUsualSize(costs, family) {
			usual[c.Operation] = true
		}
	}
	return usual
}

func (b bar) color() color.NRGBA {
	group, _, _ := strings.Cut(b.Operation, "/")
	switch {
	case untrusted(b.verdict):
		return grey
	case strings.Contains(b.Operation, "/opaque"):
		return warm[1]
	case group == "sign":
		return cool[0]
	case group == "verify":
		return cool[1]
	}
	return cool[3]
}

// bars draws the operations from the top down, each as long as its time.
type bars []bar

// Plot implements plot.Plotter.
func (all bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i, b := range all {
		mid, half := y(-float64(i)), (y(0)-y(-1))*0.31
		center, from, to := b.Figure()
		end := x(center)
		c.FillPolygon(b.color(), []vg.Point{{X: c.Min.X, Y: mid - half}, {X: end, Y: mid - half}, {X: end, Y: mid + half}, {X: c.Min.X, Y: mid + half}})
		label, right := report.Nanoseconds(center), end
		if b.limit > 0 {
			mark := x(b.limit)
			right = max(right, mark)
			c.StrokeLine2(draw.LineStyle{Color: color.White, Width: 4.5}, mark, mid-half-3, mark, mid+half+3)
			c.StrokeLine2(draw.LineStyle{Color: ink, Width: 2}, mark, mid-half-3, mark, mid+half+3)
		}
		if ratio := report.Ratio(b.Cost); ratio != "" {
			label += fmt.Sprintf("  (%s the limit)", ratio)
		}
		if b.Level > 0 { // with few batches there is no interval
			interval := draw.LineStyle{Color: ink, Width: 1}
			low, high := x(math.Max(from, p.X.Min)), x(math.Max(to, p.X.Min))
			right = max(right, high)
			c.StrokeLine2(interval, low, mid, high, mid)
			c.StrokeLine2(interval, low, mid-3, low, mid+3)
			c.StrokeLine2(interval, high, mid-3, high, mid+3)
		}
		if untrusted(b.verdict) {
			label = b.verdict.String()
		} else if len(b.Warnings) > 0 {
			label += " *"
		}
		c.FillText(style(11, false, ink, text.XLeft, text.YCenter), vg.Point{X: right + 8, Y: mid + 2}, label)
	}
}

func costChart(name, title, note string, run results.Run, all []bar) picture {
	low, high := math.Inf(1), 0.0
	for _, b := range all {
		center, from, to := b.Figure()
		low, high = min(low, center), max(high, center, to)
		for _, v := range []float64{b.limit, from} {
			if v > 0 {
				low = min(low, v)
			}
		}
	}
	p := frame("time of one operation", "")
	steps := powers(low, high)
	var ticks plot.ConstantTicks
	for _, v := range steps {
		ticks = append(ticks, plot.Tick{Value: v, Label: whole(v)})
	}
	p.X.Min, p.X.Max, p.X.Scale, p.X.Tick.Marker = steps[0], max(high*1.1, steps[1]), plot.LogScale{}, ticks
	var names plot.ConstantTicks
	for i, b := range all {
		names = append(names, plot.Tick{Value: -float64(i), Label: b.Operation})
	}
	p.Y.Min, p.Y.Max, p.Y.Tick.Marker = -float64(len(all))+0.4, 0.6, names
	p.Y.Tick.LineStyle.Width = 0
	p.Y.Padding = nameGap
	p.Add(rules{vertical: true}, bars(all))
	page := sheet{
		title:    title,
		subtitle: "Bars: time with its confidence interval; upright mark: the bare primitive on the same bytes, the limit; ~: can't be told from it. Logarithmic axis.",
		foot:     []string{note + "* has a warning; grey: not to be compared.", origin(run)},
	}
	row := vg.Length(30)
	if len(all) > manyBars {
		row = 22
	}
	height := vg.Length(len(all))*row + 190
	return picture{name: name, w: spectrumWidth, h: height, draw: func(c draw.Canvas) {
		// The labels behind the bars need room on the right.
		p.Draw(draw.Crop(page.draw(c), 0, -170, 0, 0))
	}}
}

// nameGap is between the names of rows and what they name: a font that is wider than ours
// must not run into it.
const nameGap = vg.Length(9)

// whole writes a power of ten without the fraction that it doesn't have.
func whole(ns float64) string {
	number, unit, _ := strings.Cut(report.Nanoseconds(ns), " ")
	number, _, _ = strings.Cut(number, ".")
	return number + " " + unit
}
