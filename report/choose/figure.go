package choose

import (
	"math"
	"strconv"
	"strings"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// The figures that a bound may be on, by their names in --within.
const (
	P50         = "p50"
	P99         = "p99"
	P999        = "p99.9"
	Staleness   = "staleness"    // for how long a revoked token was still let in, at most
	IssuerCalls = "issuer-calls" // questions about single tokens to the issuer, for 1,000 requests
	CPU         = "cpu"          // of all servers, for one request
)

// names lists the figures in the order in which a report has them.
var names = []string{P50, P99, P999, Staleness, IssuerCalls, CPU}

// Names lists what a bound may be on.
func Names() []string { return append([]string(nil), names...) }

// units are those of the figures, in a bound and in a [Figure].
var units = map[string]string{P50: "s", P99: "s", P999: "s", Staleness: "s", CPU: "us"}

// Figure is one figure of a candidate.
type Figure struct {
	Value     float64 // in the unit of its name
	Low, High float64 // an interval that holds the value, or the value itself where there is none
	Known     bool
	Why       string  // it isn't known
	AtLeast   float64 // is known of one that isn't

	// Of staleness: the bound that the strategy declares in the run's own configuration; nil
	// where the record doesn't tell. Where Kept, it is the value, for it is longer than a step
	// takes: when it was measured, with the bound Here, no more than that was Seen.
	Declared   *float64
	Kept       bool
	Seen, Here float64
}

func known(v, low, high float64) Figure {
	for _, f := range []float64{v, low, high} {
		if math.IsNaN(f) || math.IsInf(f, 0) || f < 0 {
			return Figure{Why: "the record has no number for it"}
		}
	}
	return Figure{Value: v, Low: min(low, v), High: max(high, v), Known: true}
}

// Sure reports whether the figure has no interval to speak of.
func (f Figure) Sure() bool { return f.Low == f.High }

// quantileOf is the quantile q of a cell's response times.
func quantileOf(c stats.Cell, q float64) Figure {
	r, ok := c.Interval(q)
	if !ok {
		return Figure{Why: "the samples are too few"}
	}
	return known(float64(stats.Quantile(c.Response, q))/1e9, r.Low/1e9, r.High/1e9)
}

// repeated is a figure of the whole cell, whose interval holds that of each repetition.
func repeated(c stats.Cell, of func(stats.Cell) (float64, bool), unknown string) Figure {
	v, ok := of(c)
	if !ok {
		return Figure{Why: unknown}
	}
	low, high := v, v
	for _, one := range c.Each() {
		if v, ok := of(one); ok {
			low, high = min(low, v), max(high, v)
		}
	}
	return known(v, low, high)
}

// seconds writes a time as somebody would type it: 20ms, 60s.
func seconds(v float64) string {
	for _, u := range []struct {
		name string
		of   float64
	}{{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}} {
		if v >= u.of || u.name == "us" && v > 0 {
			return strconv.FormatFloat(math.Round(v/u.of*1e6)/1e6, 'f', -1, 64) + u.name
		}
	}
	return "0s"
}

// Text writes bounds as they are typed, with spaces between them.
func Text(all []results.Bound) string {
	var out []string
	for _, b := range all {
		out = append(out, boundText(b))
	}
	return strings.Join(out, ", ")
}

func boundText(b results.Bound) string {
	switch b.Unit {
	case "s":
		return b.Figure + "=" + seconds(b.Most)
	case "us":
		return b.Figure + "=" + seconds(b.Most/1e6)
	}
	return b.Figure + "=" + strconv.FormatFloat(b.Most, 'f', -1, 64)
}
