package scenarios

import (
	"testing"

	"github.com/oauthmark/oauthmark/results"
)

func TestDrift(t *testing.T) {
	t.Parallel()
	at := func(hash, sign float64) results.Calibration {
		return results.Calibration{SHA256PerMs: hash, P256PerMs: sign}
	}
	for _, tt := range []struct {
		name string
		runs []results.Calibration
		want int
	}{
		{"none", nil, 0},
		{"interrupted", []results.Calibration{at(1000, 30)}, 0},
		{"noise", []results.Calibration{at(1000, 30), at(1200, 24)}, 0},
		{"slower", []results.Calibration{at(1000, 30), at(600, 30)}, 1},
		{"faster, both", []results.Calibration{at(1000, 30), at(1500, 45)}, 2},
		{"not measured", []results.Calibration{at(0, 30), at(1000, 0)}, 0},
		{"only the ends count", []results.Calibration{at(1000, 30), at(100, 3), at(1000, 30)}, 0},
	} {
		got := Drift(tt.runs)
		if len(got) != tt.want {
			t.Errorf("%s: %v, want %d warnings", tt.name, got, tt.want)
		}
		for _, w := range got {
			if w.Code != "machine-drifted" {
				t.Errorf("%s: code %q", tt.name, w.Code)
			}
		}
	}
}
