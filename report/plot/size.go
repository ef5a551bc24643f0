package plot

import (
	"fmt"
	"image/color"
	"maps"
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

// form is the sizes of tokens of one form, the fewest claims first.
type form struct {
	name  string
	sizes []report.Size
}

// tokenSizes lists the forms from the smallest token with the most claims to the largest.
func tokenSizes(run results.Run) []form {
	var out []form
	for _, s := range report.Sizes(run) {
		if s.What != "token" || s.Bytes <= 0 {
			continue
		}
		if len(out) == 0 || out[len(out)-1].name != s.Form {
			out = append(out, form{name: s.Form})
		}
		last := &out[len(out)-1]
		last.sizes = append(last.sizes, s)
	}
	slices.SortStableFunc(out, func(a, b form) int { return a.sizes[len(a.sizes)-1].Bytes - b.sizes[len(b.sizes)-1].Bytes })
	return out
}

// claimColors are those of numbers of claims, by their place.
func claimColor(i int) color.NRGBA { return []color.NRGBA{cool[3], cool[0], cool[4], cool[2]}[i%4] }

// headerLimits are sizes, in bytes, that servers commonly allow a header.
var headerLimits = []float64{4 << 10, 8 << 10, 16 << 10}

// dots draws each form as a line with a dot for each number of claims.
type dots struct {
	forms  []form
	claims []int
}

// Plot implements plot.Plotter.
func (d dots) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, v := range headerLimits {
		if v > p.X.Min && v < p.X.Max {
			c.StrokeLine2(draw.LineStyle{Color: warm[0], Width: 1, Dashes: []vg.Length{5, 3}}, x(v), c.Min.Y, x(v), c.Max.Y)
			c.FillText(style(10, false, warm[0], text.XCenter, text.YBottom), vg.Point{X: x(v), Y: c.Max.Y + 2}, fmt.Sprintf("%d kB", int(v)>>10))
		}
	}
	for i, f := range d.forms {
		mid := y(-float64(i))
		first, last := f.sizes[0], f.sizes[len(f.sizes)-1]
		c.StrokeLine2(draw.LineStyle{Color: grid, Width: 3}, x(float64(first.Bytes)), mid, x(float64(last.Bytes)), mid)
		for n, s := range f.sizes {
			at := vg.Point{X: x(float64(s.Bytes)), Y: mid}
			shade := claimColor(slices.Index(d.claims, s.Claims))
			if untrusted(s.Verdict) {
				shade = grey
			}
			c.SetColor(shade)
			var dot vg.Path
			dot.Move(vg.Point{X: at.X + 5, Y: at.Y})
			dot.Arc(at, 5, 0, 2*math.Pi)
			dot.Close()
			c.Fill(dot)
			// The first to the left, the others to the right: dots that are near don't share
			// a side. What is behind the words is wiped out.
			if n > 0 && s.Bytes == f.sizes[n-1].Bytes {
				continue // an opaque token has one size
			}
			words := report.Count(int64(s.Bytes))
			label := style(10.5, false, ink, text.XLeft, text.YCenter)
			width, from := label.Width(words), at.X+9
			if n == 0 {
				from = at.X - 9 - width
			}
			c.FillPolygon(color.White, []vg.Point{{X: from - 2, Y: mid - 6}, {X: from + width + 2, Y: mid - 6}, {X: from + width + 2, Y: mid + 6}, {X: from - 2, Y: mid + 6}})
			c.FillText(label, vg.Point{X: from, Y: mid + 1}, words)
		}
	}
}

// mostForms is how many forms the picture has.
const mostForms = 100

func sizeChart(run results.Run, forms []form) picture {
	left := len(forms) - mostForms
	forms = forms[:min(len(forms), mostForms)]
	low, high := math.Inf(1), 0.0
	numbers := map[int]bool{}
	for _, f := range forms {
		for _, s := range f.sizes {
			low, high = min(low, float64(s.Bytes)), max(high, float64(s.Bytes))
			numbers[s.Claims] = true
		}
	}
	claims := slices.Sorted(maps.Keys(numbers))
	p := frame("bytes of the token", "")
	steps := logSteps(low*0.8, high*1.6)
	var ticks, names plot.ConstantTicks
	for _, v := range steps {
		ticks = append(ticks, plot.Tick{Value: v, Label: report.Count(int64(v))})
	}
	for i, f := range forms {
		names = append(names, plot.Tick{Value: -float64(i), Label: f.name})
	}
	p.X.Min, p.X.Max, p.X.Scale, p.X.Tick.Marker = steps[0], steps[len(steps)-1], plot.LogScale{}, ticks
	p.Y.Min, p.Y.Max, p.Y.Tick.Marker = -float64(len(forms))+0.4, 0.6, names
	p.Y.Tick.LineStyle.Width = 0
	p.Y.Padding = nameGap
	p.Add(rules{vertical: true}, dots{forms, claims})
	foot := []string{origin(run)}
	if slices.ContainsFunc(forms, func(f form) bool {
		return slices.ContainsFunc(f.sizes, func(s report.Size) bool { return untrusted(s.Verdict) })
	}) {
		foot = append([]string{"Grey: not to be compared."}, foot...)
	}
	if left > 0 {
		foot = append([]string{fmt.Sprintf("Not drawn: %d forms; the tables have all.", left)}, foot...)
	}
	var counts []string
	for _, n := range claims {
		counts = append(counts, fmt.Sprint(n))
	}
	page := sheet{
		title:    "Size of an access token by form and number of claims",
		subtitle: fmt.Sprintf("Dots, from light to dark: %s claims. Dashed: what common servers allow a header, or all of them. Logarithmic axis.", strings.Join(counts, ", ")),
		foot:     foot,
	}
	return picture{name: "size", w: spectrumWidth, h: vg.Length(len(forms))*24 + 200, draw: func(c draw.Canvas) {
		p.Draw(draw.Crop(page.draw(c), 0, -40, 0, -14))
	}}
}
