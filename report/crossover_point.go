package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/report/stats"
)

// spread is a figure, and how far it may be off; both ends are 0 where nobody knows.
type spread struct{ middle, low, high float64 }

func middle(s spread) float64 { return s.middle }
func low(s spread) float64    { return s.low }
func high(s spread) float64   { return s.high }

func (s spread) known() bool { return s.high > 0 }

// p99Spread is a cell's p99 with its interval.
func p99Spread(c stats.Cell) (spread, bool) {
	r, ok := c.Interval(0.99)
	if len(c.Steps) < 2 { // within one repetition, it says nothing of the next
		r.Low, r.High = 0, 0
	}
	return spread{at(c, 0.99), r.Low, r.High}, ok
}

// cpuSpread is what a request of a cell costs the servers, in microseconds, from the
// cheapest repetition to the dearest.
func cpuSpread(c stats.Cell, components []string) (spread, bool) {
	us, ok := c.ServerCPU(components)
	out := spread{middle: us}
	if each := c.Each(); len(each) > 1 {
		out.low = math.Inf(1)
		for _, r := range each {
			one, _ := r.ServerCPU(components)
			out.low, out.high = min(out.low, one), max(out.high, one)
		}
	}
	return out, ok
}

// cachePoint is a cache that was measured.
type cachePoint struct {
	ttl  time.Duration
	hits float64 // share of the requests that asked the issuer nothing
	cost spread
}

// cachePoints are the sound cells with opaque tokens and a cache, by hit ratio.
func cachePoints(group []stats.Cell, of func(stats.Cell) (spread, bool)) (out []cachePoint) {
	for _, c := range group {
		ttl, err := time.ParseDuration(c.Step.Axis("ttl").Value)
		_, calls, told := c.Calls()
		cost, known := of(c)
		if err == nil && told && known && c.Sound() && class(c) == opaque {
			out = append(out, cachePoint{ttl, 1 - calls/1000, cost})
		}
	}
	slices.SortStableFunc(out, func(a, b cachePoint) int { return cmp.Compare(a.hits, b.hits) })
	return out
}

// crossing is where caches begin to cost no more than something else.
type crossing struct {
	hits     float64     // at which hit ratio; that of the first or last cache where it is beyond
	from, to *cachePoint // the caches on either side; nil beyond the first or the last one
}

// cross finds the lowest hit ratio from which on a cache costs no more than the limit, of
// each the end that is told.
func cross(points []cachePoint, limit spread, of, end func(spread) float64) crossing {
	cost := func(i int) float64 { return of(points[i].cost) }
	i := len(points)
	for i > 0 && cost(i-1) <= end(limit) {
		i--
	}
	switch i {
	case 0:
		return crossing{hits: points[0].hits, to: &points[0]}
	case len(points):
		return crossing{hits: points[i-1].hits, from: &points[i-1]}
	}
	a, b := &points[i-1], &points[i]
	return crossing{a.hits + (b.hits-a.hits)*(cost(i-1)-end(limit))/(cost(i-1)-cost(i)), a, b}
}

func (x crossing) says() string {
	switch {
	case x.from == nil:
		return "less with each cache"
	case x.to == nil:
		return "more with each cache"
	}
	return "as much"
}

func (x crossing) ratio() string {
	switch {
	case x.from == nil:
		return "below " + share(x.hits)
	case x.to == nil:
		return "above " + share(x.hits)
	}
	return share(x.hits)
}

func (x crossing) ttl() string {
	switch {
	case x.from == nil:
		return "below " + x.to.ttl.String()
	case x.to == nil:
		return "above " + x.from.ttl.String()
	}
	return fmt.Sprintf("%v - %v", min(x.from.ttl, x.to.ttl), max(x.from.ttl, x.to.ttl))
}

// between says between which hit ratios the crossing may lie. It is unsure where that is
// below the first cache as well as above the last one.
func between(points []cachePoint, limit spread) (said string, unsure bool) {
	if !limit.known() || slices.ContainsFunc(points, func(p cachePoint) bool { return !p.cost.known() }) {
		return " (measured once)", false
	}
	first, last := cross(points, limit, low, high), cross(points, limit, high, low)
	if first.ratio() == last.ratio() {
		return "", false
	}
	return fmt.Sprintf(" (%s - %s)", first.ratio(), last.ratio()), first.from == nil && last.to == nil
}

// share writes a share in percent, with the digits that tell it from all.
func share(v float64) string {
	if v >= 1 {
		return "100 %"
	}
	digits := 0
	for d := 1.0; 1-v < d/10-1e-9 && digits < 3; d /= 10 {
		digits++
	}
	return fmt.Sprintf("%.*f %%", digits, 100*math.Max(0, v))
}
