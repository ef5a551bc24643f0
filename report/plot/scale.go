package plot

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// nines is the place of the quantile q on the axis of an HdrHistogram plot: the
// logarithm of 1/(1-q), so that 90, 99 and 99.9 % are equally far apart.
func nines(q float64) float64 { return -math.Log10(1 - q) }

// quantile is the inverse of nines.
func quantile(x float64) float64 { return 1 - math.Pow(10, -x) }

// percentTicks are the percentiles that a reader knows, up to x.
func percentTicks(x float64) plot.ConstantTicks {
	ticks := plot.ConstantTicks{{Value: 0, Label: "0 %"}, {Value: nines(0.5), Label: "50 %"}, {Value: nines(0.75), Label: "75 %"}}
	label := "9"
	for n := 1; float64(n) <= x+1e-9; n++ {
		switch n {
		case 1:
			label = "90"
		case 2:
			label = "99"
		case 3:
			label = "99.9"
		default:
			label += "9"
		}
		ticks = append(ticks, plot.Tick{Value: float64(n), Label: label + " %"})
	}
	return ticks
}

// logSteps are the values 1, 2 and 5 times a power of ten from the last not above low
// to the first not below high.
func logSteps(low, high float64) []float64 {
	low, high = drawable(low), drawable(high)
	var out []float64
	for exp := math.Floor(math.Log10(low)); ; exp++ {
		for _, m := range []float64{1, 2, 5} {
			v := m * math.Pow(10, exp)
			if v <= low*(1+1e-9) {
				out = out[:0] // a later start serves too
			}
			out = append(out, v)
			if v >= high*(1-1e-9) && len(out) > 1 {
				return out
			}
		}
	}
}

// drawable brings a value to where a logarithmic axis has a place for it.
func drawable(v float64) float64 {
	const least, most = 1e-9, 1e18
	if !(v > least) { // it may be no number
		return least
	}
	return min(v, most)
}

// powers are the powers of ten around low to high.
func powers(low, high float64) []float64 {
	low, high = drawable(low), drawable(high)
	var out []float64
	from, to := math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	for exp := from; exp <= max(to, from+1); exp++ {
		out = append(out, math.Pow(10, exp))
	}
	return out
}

func plain(v float64) string { return strconv.FormatFloat(v, 'g', 12, 64) }

// niceTicks are round values within low to high, on a logarithmic axis: few where the axis
// is long.
func niceTicks(low, high float64) plot.ConstantTicks {
	low, high = drawable(low), drawable(high)
	steps := []float64{1, 2, 5}
	switch span := high / low; {
	case span < 6:
		steps = []float64{1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8}
	case span > 1000:
		steps = []float64{1}
	}
	var out plot.ConstantTicks
	for exp := math.Floor(math.Log10(low)); exp <= math.Ceil(math.Log10(high)); exp++ {
		for _, m := range steps {
			if v := m * math.Pow(10, exp); v >= low && v <= high {
				out = append(out, plot.Tick{Value: v, Label: plain(v)})
			}
		}
	}
	return out
}
