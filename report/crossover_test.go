package report

import (
	"testing"
	"time"
)

// The crossing lies where a line between two caches meets what self-contained tokens take.
// Where no cache, or each, takes more, that is said, and nothing beyond is guessed.
func TestCross(t *testing.T) {
	t.Parallel()
	points := []cachePoint{{time.Second, 0.5, 400}, {2 * time.Second, 0.7, 300}, {4 * time.Second, 0.9, 200}}
	bumpy := []cachePoint{{time.Second, 0.5, 240}, {2 * time.Second, 0.7, 300}, {4 * time.Second, 0.9, 200}}
	for _, tt := range []struct {
		points []cachePoint
		limit  float64
		want   crossing
	}{
		{points, 350, crossing{"as much", "60 %", "1s - 2s"}},
		{points, 300, crossing{"as much", "70 %", "1s - 2s"}},
		{points, 225, crossing{"as much", "85 %", "2s - 4s"}},
		{points, 500, crossing{"less with each cache", "below 50 %", "below 1s"}},
		{points, 199, crossing{"more with each cache", "above 90 %", "above 4s"}},
		{bumpy, 250, crossing{"as much", "80 %", "2s - 4s"}}, // from where on it holds
		{points[:1], 400, crossing{"less with each cache", "below 50 %", "below 1s"}},
	} {
		if got := cross(tt.points, tt.limit); got != tt.want {
			t.Errorf("%v at %g: %+v, want %+v", tt.points, tt.limit, got, tt.want)
		}
	}
	for v, want := range map[float64]string{0.5: "50 %", 0.95: "95.0 %", 0.995: "99.50 %", 1: "100 %", 0.99999: "99.999 %", -0.1: "0 %"} {
		if got := share(v); got != want {
			t.Errorf("%g is written %q, want %q", v, got, want)
		}
	}
}
