package load

import (
	"fmt"
	"time"
)

// machine is what this machine has done so far, as far as the system tells.
type machine struct {
	at        time.Time
	cores     float64
	busy      float64       // seconds of processor time of all programs; negative when unknown
	inUse     float64       // the same, with what interrupts take
	stolen    float64       // seconds that the hypervisor gave to others
	throttled time.Duration // for which this control group was denied a processor
	starved   time.Duration // for which all programs waited for memory or disk
}

// Limits of what else may happen on the machine while a step measures. Below them it
// doesn't show in a percentile.
const (
	maxForeign = 0.15 // processors' worth of other programs
	maxStolen  = 0.01 // of the step's processor time
	maxWaiting = 0.01 // of the step's time, throttled or starved
)

// maxInUse is the share of the processors' time up to which a planned load is measured.
// Beyond it requests wait for a processor, and nobody can tell whether the server or the
// generator kept them waiting. The wait grows with 1/(1 - share), and faster where work
// comes in bursts: at 0.9, servers of a known law were seen 20 ms late on two processors.
const maxInUse = 0.8

// inUse is the share of the processors' time that was used between two readings; 0 where
// the system doesn't tell.
func inUse(before, after machine) float64 {
	took := after.at.Sub(before.at).Seconds() * after.cores
	if before.busy < 0 || after.busy < 0 || !(took > 0) {
		return 0
	}
	return (after.inUse - before.inUse) / took
}

// disturbances says what else happened on the machine between two readings, beside what
// the components of the step used: seconds of processor time, negative when one of them
// isn't known.
func disturbances(before, after machine, own float64) (out []string) {
	took := after.at.Sub(before.at).Seconds()
	if took <= 0 {
		return nil
	}
	if foreign := (after.busy - before.busy - own) / took; before.busy >= 0 && after.busy >= 0 && own >= 0 && foreign > maxForeign {
		out = append(out, fmt.Sprintf("other programs used %.2g of %g processors", foreign, after.cores))
	}
	if share := (after.stolen - before.stolen) / took / max(after.cores, 1); share > maxStolen {
		out = append(out, fmt.Sprintf("the hypervisor took %.2g %% of the processors' time", 100*share))
	}
	for _, w := range []struct {
		d    time.Duration
		what string
	}{
		{after.throttled - before.throttled, "the limit of this container on processor time held it up"},
		{after.starved - before.starved, "the machine waited for memory or disk"},
	} {
		if share := w.d.Seconds() / took; share > maxWaiting {
			out = append(out, fmt.Sprintf("%s for %.2g %% of the time", w.what, 100*share))
		}
	}
	return out
}
