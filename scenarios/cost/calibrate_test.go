package cost

import (
	"testing"
	"time"
)

func TestCalibrateCountsOperationsPerMillisecond(t *testing.T) {
	t.Parallel()
	const whole = calibrationWarm + calibrationTime
	for _, tick := range []time.Duration{time.Millisecond, 4 * time.Millisecond} {
		c := newClock(tick)
		start := c.at
		got := Calibrate(c.now)
		if want := start.Add(tick); !got.At.Equal(want) {
			t.Errorf("taken at %v, want %v", got.At, want)
		}
		ms := float64(tick) / float64(time.Millisecond)
		within(t, "SHA-256", got.SHA256PerMs, hashChunk/ms, 1e-9)
		within(t, "P-256", got.P256PerMs, signChunk/ms, 1e-9)
		if took := c.at.Sub(start); took < 2*whole || took > 2*whole+6*tick {
			t.Errorf("the calibration took %v, want about %v", took, 2*whole)
		}
	}
}

func TestRateLeavesInterruptionsOut(t *testing.T) {
	t.Parallel()
	c := newClock(time.Millisecond)
	done := 0
	got := rate(c.now, 10, func() bool {
		if done++; done == 45 {
			c.at = c.at.Add(30 * time.Millisecond)
		}
		return true
	})
	within(t, "rate", got, 10, 1e-9)
}

func TestRateLeavesTheFirstPassesOut(t *testing.T) {
	t.Parallel()
	c := newClock(time.Millisecond)
	start := c.at
	got := rate(c.now, 1, func() bool {
		if c.at.Sub(start) < calibrationWarm {
			c.at = c.at.Add(time.Millisecond)
		}
		return true
	})
	within(t, "rate", got, 1, 1e-9)
}

func TestRateOfFailureIsZero(t *testing.T) {
	t.Parallel()
	if got := rate(newClock(time.Millisecond).now, 10, func() bool { return false }); got != 0 {
		t.Errorf("the rate of what fails is %v", got)
	}
}
