package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/results"
)

// maxDrift is how far apart two calibrations may be. Single scores of a shared machine
// differ by up to a quarter without meaning anything.
const maxDrift = 0.30

// Drift warns when the first and the last calibration differ by more than a shared
// machine's noise: what was measured early and late was measured on unlike machines.
func Drift(calibrations []results.Calibration) (out []results.Warning) {
	if len(calibrations) < 2 {
		return nil
	}
	for _, d := range drift(calibrations[0], calibrations[len(calibrations)-1]) {
		out = append(out, results.Warning{Code: "machine-drifted", Text: d.text("before the measurement", "after it")})
	}
	return out
}

// difference is how far apart two calibrations are in one of their loops.
type difference struct {
	loop          string
	before, after float64 // operations per millisecond
}

func (d difference) text(before, after string) string {
	return fmt.Sprintf("%s ran at %.4g/ms %s and at %.4g/ms %s, %+.0f %%", d.loop, d.before, before, d.after, after, 100*(d.after/d.before-1))
}

// drift lists the loops in which two calibrations are further apart than they may be.
func drift(before, after results.Calibration) (out []difference) {
	for _, d := range []difference{
		{"SHA-256 of 1 KiB", before.SHA256PerMs, after.SHA256PerMs},
		{"ECDSA P-256 signatures", before.P256PerMs, after.P256PerMs},
	} {
		if d.before <= 0 || d.after <= 0 {
			continue // not measured
		}
		if change := d.after/d.before - 1; change > maxDrift || change < -maxDrift {
			out = append(out, d)
		}
	}
	return out
}

// speedometer calibrates between the steps that put load on a server. A step is as good
// as the machine was the usual one before it and after it.
type speedometer struct {
	calibrate func() results.Calibration // nil for not at all
	scores    []results.Calibration      // of the run so far
	fresh     bool                       // the last score is of this moment
}

func (s *speedometer) read() {
	s.scores, s.fresh = append(s.scores, s.calibrate()), true
}

// before calibrates before a step, unless that was just done after another one.
func (s *speedometer) before(step results.Step) {
	if s.calibrate != nil && step.Kind == results.KindLoad && !s.fresh {
		s.read()
	}
	s.fresh = false
}

// after calibrates after a step. One that passed while the machine was slower or faster
// than it usually is in this run becomes inconclusive: another try may do better.
func (s *speedometer) after(r *results.StepResult) {
	if s.calibrate == nil || r.Step.Kind != results.KindLoad {
		return
	}
	s.read()
	r.Calibrations = slices.Clone(s.scores[len(s.scores)-2:])
	if r.Verdict != results.Pass {
		return
	}
	usual := results.Calibration{
		SHA256PerMs: s.median(func(c results.Calibration) float64 { return c.SHA256PerMs }),
		P256PerMs:   s.median(func(c results.Calibration) float64 { return c.P256PerMs }),
	}
	var said []string
	for i, when := range []string{"right before this step", "right after it"} {
		// A loop takes less than 0.1 s: what slows down one of the two alone didn't last.
		if both := drift(usual, r.Calibrations[i]); len(both) == 2 {
			said = append(said, both[0].text("in the median of this run", when), both[1].text("in the median of this run", when))
		}
	}
	if len(said) > 0 {
		r.Verdict, r.Disturbed = results.Inconclusive, true
		r.Reason = "the machine changed its speed: " + strings.Join(said, "; ")
		r.Warnings = append(r.Warnings, results.Warning{Code: "machine-drifted", Text: r.Reason})
	}
}

func (s *speedometer) median(of func(results.Calibration) float64) float64 {
	var all []float64
	for _, c := range s.scores {
		all = append(all, of(c))
	}
	slices.Sort(all)
	return all[(len(all)-1)/2]
}
