package cost

import (
	"fmt"

	"github.com/oauthmark/oauthmark/results"
)

// maxDrift is how far apart the calibrations of a run may be. Single scores of a
// shared machine differ by up to a quarter without meaning anything.
const maxDrift = 0.30

// Drift warns when the first and the last calibration differ by more than a shared
// machine's noise: what was measured early and late was measured on unlike machines.
func Drift(calibrations []results.Calibration) []results.Warning {
	if len(calibrations) < 2 {
		return nil
	}
	first, last := calibrations[0], calibrations[len(calibrations)-1]
	var out []results.Warning
	for _, loop := range []struct {
		name          string
		before, after float64
	}{
		{"SHA-256 of 1 KiB", first.SHA256PerMs, last.SHA256PerMs},
		{"ECDSA P-256 signatures", first.P256PerMs, last.P256PerMs},
	} {
		if loop.before <= 0 || loop.after <= 0 {
			continue // not measured
		}
		if change := loop.after/loop.before - 1; change > maxDrift || change < -maxDrift {
			out = append(out, results.Warning{Code: "machine-drifted", Text: fmt.Sprintf(
				"%s ran at %.4g/ms before the measurement and at %.4g/ms after it, %+.0f %%", loop.name, loop.before, loop.after, 100*change)})
		}
	}
	return out
}
