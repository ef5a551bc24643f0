package report

import (
	"testing"
	"time"
)

// The crossing lies where a line between two caches meets what self-contained tokens take.
// Where no cache, or each, takes more, that is said, and nothing beyond is guessed.
func TestCross(t *testing.T) {
	t.Parallel()
	point := func(ttl time.Duration, hits, cost float64) cachePoint {
		return cachePoint{ttl, hits, spread{cost, cost - 20, cost + 20}}
	}
	points := []cachePoint{point(time.Second, 0.5, 400), point(2*time.Second, 0.7, 300), point(4*time.Second, 0.9, 200)}
	bumpy := []cachePoint{point(time.Second, 0.5, 240), point(2*time.Second, 0.7, 300), point(4*time.Second, 0.9, 200)}
	once := []cachePoint{{time.Second, 0.5, spread{middle: 400}}, {2 * time.Second, 0.7, spread{middle: 300}}}
	for _, tt := range []struct {
		points                    []cachePoint
		limit                     float64
		says, ratio, within, ttls string
	}{
		{points, 350, "as much", "60 %", " (52 % - 68 %)", "1s - 2s"},
		{points, 300, "as much", "70 %", " (62 % - 78 %)", "1s - 2s"},
		{points, 225, "as much", "85 %", " (77 % - above 90 %)", "2s - 4s"},
		{points, 500, "less with each cache", "below 50 %", "", "below 1s"},
		{points, 199, "more with each cache", "above 90 %", " (82 % - above 90 %)", "above 4s"},
		{bumpy, 250, "as much", "80 %", " (72 % - 88 %)", "2s - 4s"}, // from where on it holds
		{points[:1], 400, "less with each cache", "below 50 %", " (below 50 % - above 50 %)", "below 1s"},
		{once, 350, "as much", "60 %", " (measured once)", "1s - 2s"},
	} {
		limit := spread{tt.limit, tt.limit - 20, tt.limit + 20}
		x := cross(tt.points, limit, middle, middle)
		if within, unsure := between(tt.points, limit); unsure != (tt.within == " (below 50 % - above 50 %)") || x.says() != tt.says || x.ratio() != tt.ratio || x.ttl() != tt.ttls || within != tt.within {
			t.Errorf("%v at %g: %s, %s %s, %s; want %+v", tt.points, tt.limit, x.says(), x.ratio(), within, x.ttl(), tt)
		}
	}
	for v, want := range map[float64]string{0.5: "50 %", 0.95: "95.0 %", 0.995: "99.50 %", 1: "100 %", 0.99999: "99.999 %", -0.1: "0 %"} {
		if got := share(v); got != want {
			t.Errorf("%g is written %q, want %q", v, got, want)
		}
	}
}
