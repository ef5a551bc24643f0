package plot

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

var (
	ink   = rgb(0x1f2328)
	muted = rgb(0x59636e)
	grid  = rgb(0xe4e7eb)
	grey  = rgb(0x9aa2ab) // of figures that can't be trusted
	shade = rgb(0xf3e6e4) // behind a time in which something was so

	// Within a family the shades differ in lightness too, for a reader who doesn't
	// tell the hues apart.
	warm  = []color.NRGBA{rgb(0xb3261e), rgb(0xe8710a), rgb(0xd9a400), rgb(0x8c3b00), rgb(0xd6457d)}
	cool  = []color.NRGBA{rgb(0x0b57d0), rgb(0x12a4af), rgb(0x5e35b1), rgb(0x37a0e8), rgb(0x0d3b66), rgb(0x8a7fe0)}
	green = []color.NRGBA{rgb(0x1e7d32), rgb(0x7cb342), rgb(0x00695c)}
)

// pale is a colour of which little is left.
func pale(c color.NRGBA) color.NRGBA {
	mix := func(v uint8) uint8 { return uint8((int(v) + 2*255) / 3) }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), c.A}
}

func family(kind string) []color.NRGBA {
	switch kind {
	case "opaque":
		return warm
	case "self-contained":
		return cool
	}
	return green
}

// look is how a cell is drawn.
type look struct {
	color  color.NRGBA
	dashes []vg.Length
}

func (l look) line(width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: l.color, Width: width, Dashes: l.dashes}
}

// looksOf gives every cell of the run its look, by name.
func looksOf(cells []stats.Cell) map[string]look {
	dashes := [][]vg.Length{{7, 3}, {2, 2.5}, {9, 3, 2, 3}, {12, 4}, {5, 2, 1.5, 2, 1.5, 2}}
	var names, strategies []string
	kinds := map[string]string{}
	for _, c := range cells {
		names = append(names, c.Name())
		_, kinds[c.Name()] = c.Form()
		// Local judgement is the solid line in every plot, as it is the one with
		// nothing else between.
		if first := axis(c); first != "local" {
			strategies = append(strategies, first)
		}
	}
	slices.Sort(names)
	slices.Sort(strategies)
	names, strategies = slices.Compact(names), slices.Compact(strategies)
	looks, used := map[string]look{}, map[string]int{}
	for _, name := range names {
		kind := kinds[name]
		shades := family(kind)
		looks[name] = look{color: shades[used[kind]%len(shades)]}
		used[kind]++
	}
	for _, c := range cells {
		if i, ok := slices.BinarySearch(strategies, axis(c)); ok {
			l := looks[c.Name()]
			l.dashes = dashes[i%len(dashes)]
			looks[c.Name()] = l
		}
	}
	return looks
}

// axis is the value of the cell's first axis, which decides the dashes: its strategy,
// where it has one.
func axis(c stats.Cell) string {
	if len(c.Step.Axes) == 0 {
		return ""
	}
	return c.Step.Axes[0].Value
}

// untrusted is the look of a cell whose figures may not be compared.
func untrusted(v results.Verdict) bool { return v != results.Pass }
