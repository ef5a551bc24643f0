package plot

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// sheet is the page around the data: a title that says what, a line below it that
// says under which conditions, and a foot.
type sheet struct {
	title, subtitle string
	foot            []string
}

const margin = vg.Length(22)

// footWidth is how wide a line of the foot may be.
const footWidth = spectrumWidth - 2*margin

// draw puts the words on the page and returns the room between them.
func (s sheet) draw(c draw.Canvas) draw.Canvas {
	c.FillPolygon(color.White, []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}})
	left, top := c.Min.X+margin, c.Max.Y-margin
	c.FillText(style(19, true, ink, text.XLeft, text.YTop), vg.Point{X: left, Y: top}, s.title)
	c.FillText(style(12, false, muted, text.XLeft, text.YTop), vg.Point{X: left, Y: top - 27}, s.subtitle)
	y := c.Min.Y + margin - 6
	for i := len(s.foot) - 1; i >= 0; i-- {
		c.FillText(style(10, false, muted, text.XLeft, text.YBottom), vg.Point{X: left, Y: y}, s.foot[i])
		y += 14
	}
	return draw.Crop(c, margin, -margin, y-c.Min.Y+8, -(margin + 27 + 12 + 18))
}

func style(size vg.Length, bold bool, col color.Color, x text.XAlignment, y text.YAlignment) text.Style {
	return text.Style{Color: col, Font: face(size, bold), XAlign: x, YAlign: y, Handler: plot.DefaultTextHandler}
}

func face(size vg.Length, bold bool) font.Font {
	f := font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size)
	if bold {
		f.Weight = 3 // golang.org/x/image/font.WeightBold
	}
	return f
}

// frame returns an empty plot in the house style, whose axes have no lines of their
// own: the grid is enough.
func frame(x, y string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = color.Transparent
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.LineStyle.Width = 0
		a.Padding = 0
		a.Tick.LineStyle.Width, a.Tick.LineStyle.Color = 0.8, grid
		a.Tick.Length = 7 // keeps the labels of the two axes apart
		a.Tick.Label.Font = face(11.5, false)
		a.Tick.Label.Color = ink
		a.Label.TextStyle.Font = face(12, false)
		a.Label.TextStyle.Color = muted
		a.Label.Padding = 6
	}
	p.X.Label.Text, p.Y.Label.Text = x, y
	return p
}

// rules draws thin lines at the labelled ticks of an axis.
type rules struct{ vertical, horizontal bool }

func (r rules) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	line := draw.LineStyle{Color: grid, Width: 0.8}
	if r.vertical {
		for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
			if t.Value <= p.X.Max {
				c.StrokeLine2(line, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
			}
		}
	}
	if r.horizontal {
		for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
			c.StrokeLine2(line, c.Min.X, y(t.Value), c.Max.X, y(t.Value))
		}
	}
}

// wrapped breaks sentences into lines that are no wider than width.
func wrapped(sentences []string, size, width vg.Length) (lines []string) {
	st := style(size, false, muted, text.XLeft, text.YBottom)
	for _, s := range sentences {
		line := ""
		for _, word := range strings.Fields(s) {
			if line != "" && st.Width(line+" "+word) > width {
				lines, line = append(lines, line), ""
			}
			line = strings.TrimSpace(line + " " + word)
		}
		lines = append(lines, line)
	}
	return lines
}
