package stats

import (
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

func TestFloorOf(t *testing.T) {
	t.Parallel()
	h := results.NewPacked()
	if err := h.RecordValue(int64(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	at := func(target string, rate float64, floor bool, v results.Verdict) Cell {
		return Cell{Step: results.Step{Scenario: "load/x", Target: target, Floor: floor, Load: &results.Offered{Rate: rate}}, Verdict: v, Response: h}
	}
	c := at("t", 100, false, results.Pass)
	for _, tt := range []struct {
		name  string
		cells []Cell
		want  bool
	}{
		{"none", nil, false},
		{"no floor", []Cell{c}, false},
		{"under the same load", []Cell{c, at("t", 100, true, results.Pass)}, true},
		{"at another rate", []Cell{c, at("t", 200, true, results.Pass)}, false},
		{"on another target", []Cell{c, at("u", 100, true, results.Pass)}, false},
		{"not sound", []Cell{c, at("t", 100, true, results.Inconclusive)}, false},
		{"without a sample", []Cell{c, {Step: at("t", 100, true, 0).Step, Verdict: results.Pass, Response: results.NewPacked()}}, false},
	} {
		if f, ok := FloorOf(tt.cells, c); ok != tt.want || ok && !f.Step.Floor {
			t.Errorf("%s: %v, want %v", tt.name, ok, tt.want)
		}
	}
}
