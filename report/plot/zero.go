package plot

import (
	"math"

	"gonum.org/v1/plot"
)

// zeroed is a logarithmic scale that has a place for 0, below its least value.
type zeroed struct {
	least float64 // a power of ten that is above 0
	zero  bool    // some value is 0
}

// zeroedOf is the scale for the values.
func zeroedOf(values []float64) zeroed {
	z := zeroed{least: math.Inf(1)}
	for _, v := range values {
		if v > 0 {
			z.least = min(z.least, v)
		} else {
			z.zero = true
		}
	}
	if math.IsInf(z.least, 1) {
		z.least = 1
	}
	z.least = math.Pow(10, math.Floor(math.Log10(drawable(z.least))))
	return z
}

// at is the place of a value: 0 for 0, and 1 for the least.
func (z zeroed) at(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	return 1 + math.Log10(math.Max(drawable(v), z.least)/z.least)
}

// headroom is how much of an axis, in powers of ten, is above the highest value.
const headroom = 0.7

// axis sets an axis up to the highest value, with the ticks that are within it.
func (z zeroed) axis(a *plot.Axis, highest float64, ticks []plot.Tick) {
	from := 0.6
	if z.zero {
		from = -0.35
	}
	a.Min, a.Max = from, max(z.at(highest)+headroom, 1.7)
	var out plot.ConstantTicks
	if z.zero {
		out = append(out, plot.Tick{Value: 0, Label: "0"})
	}
	for _, t := range ticks {
		if at := z.at(t.Value); t.Value >= z.least*(1-1e-9) && at <= a.Max {
			out = append(out, plot.Tick{Value: at, Label: t.Label})
		}
	}
	a.Tick.Marker = out
}
