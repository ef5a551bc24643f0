package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// cacheFamily is the scenario whose cells have a cache of another time to live each.
const cacheFamily = "cache"

// crossoverSection says where opaque tokens whose introspection is remembered cost as much
// as self-contained ones: at which hit ratio of the cache, and so at which time to live.
func crossoverSection(_ results.Run, cells []stats.Cell) (out Section) {
	for _, group := range stats.ByLoad(cells) {
		if group[0].Family() != cacheFamily || group[0].Closed() {
			continue
		}
		t := Table{Title: "Crossover of opaque and self-contained tokens on " + Load(group[0]),
			Columns: []Column{{Name: "self-contained"}, {Name: "by"}, {Name: "it takes", Numeric: true}, {Name: "opaque, cached"}, {Name: "hit ratio", Numeric: true}, {Name: "ttl"}},
			Notes: []string{"The hit ratio at which opaque tokens cost as much, on a line between the two caches that were measured on either side of it. " +
				"Hits are requests without a question to the issuer; the ttl lies between those of the two caches.",
				"by CPU: of all servers, for each request."}}
		components := stats.Components(group)
		for _, self := range group {
			if class(self) != selfContained || !self.Sound() {
				continue
			}
			for _, by := range []struct {
				name   string
				figure func(stats.Cell) (float64, bool)
				show   func(float64) string
			}{
				{"CPU", func(c stats.Cell) (float64, bool) { return c.ServerCPU(components) }, func(us float64) string { return Figure(us) + " us" }},
				{"p99", func(c stats.Cell) (float64, bool) {
					return at(c, 0.99), results.Resolves(c.Response.TotalCount(), 0.99)
				}, Nanoseconds},
			} {
				limit, ok := by.figure(self)
				points := cachePoints(group, by.figure)
				if !ok || len(points) == 0 {
					continue
				}
				x := cross(points, limit)
				t.Rows = append(t.Rows, Row{[]string{self.Name(), by.name, by.show(limit), x.says, x.ratio, x.ttl}, results.Pass})
			}
		}
		out.Tables = append(out.Tables, some(t)...)
	}
	return out
}

// cachePoint is a cache that was measured.
type cachePoint struct {
	ttl   time.Duration
	hits  float64 // share of the requests that asked the issuer nothing
	value float64
}

// cachePoints are the sound cells with opaque tokens and a cache, by hit ratio.
func cachePoints(group []stats.Cell, figure func(stats.Cell) (float64, bool)) (out []cachePoint) {
	for _, c := range group {
		ttl, err := time.ParseDuration(c.Step.Axis("ttl").Value)
		_, calls, told := c.Calls()
		value, known := figure(c)
		if err == nil && told && known && c.Sound() && class(c) == opaque {
			out = append(out, cachePoint{ttl, 1 - calls/1000, value})
		}
	}
	slices.SortStableFunc(out, func(a, b cachePoint) int { return cmp.Compare(a.hits, b.hits) })
	return out
}

// crossing says where caches cost as much as the limit.
type crossing struct{ says, ratio, ttl string }

// cross finds the lowest hit ratio from which on a cache costs no more than the limit.
func cross(points []cachePoint, limit float64) crossing {
	first, last := points[0], points[len(points)-1]
	i := len(points)
	for i > 0 && points[i-1].value <= limit {
		i--
	}
	switch {
	case i == 0:
		return crossing{"less with each cache", "below " + share(first.hits), "below " + first.ttl.String()}
	case i == len(points):
		return crossing{"more with each cache", "above " + share(last.hits), "above " + last.ttl.String()}
	}
	a, b := points[i-1], points[i]
	between := a.hits + (b.hits-a.hits)*(a.value-limit)/(a.value-b.value)
	return crossing{"as much", share(between), fmt.Sprintf("%v - %v", min(a.ttl, b.ttl), max(a.ttl, b.ttl))}
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
