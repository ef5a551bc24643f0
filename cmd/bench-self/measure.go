//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// errNotRun is of a bound that this machine lacks something for.
var errNotRun = errors.New("not run")

// figure is measured over a block of requests or calls.
type figure func(context.Context) (float64, error)

// traffic is a block of requests or calls; it returns how many were answered.
type traffic func(context.Context) (int64, error)

// meter shows what has been used so far: seconds of a clock or of a processor.
type meter func() (float64, error)

// each is what one request of the traffic uses.
func each(used meter, send traffic) figure {
	return func(ctx context.Context) (float64, error) {
		before, err := used()
		if err != nil {
			return 0, err
		}
		n, err := send(ctx)
		if err == nil && n == 0 {
			err = errors.New("none came")
		}
		if err != nil {
			return 0, fmt.Errorf("after %d answers: %w", n, err)
		}
		after, err := used()
		return (after - before) / float64(n), err
	}
}

func perSecond(send traffic) figure {
	return func(ctx context.Context) (float64, error) {
		seconds, err := each(clock, send)(ctx)
		return 1 / seconds, err
	}
}

var started = time.Now()

func clock() (float64, error) { return time.Since(started).Seconds(), nil }

// ownCPU is of this process.
func ownCPU() (float64, error) {
	var r syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9, err
}

// cpuOf is of another process.
func cpuOf(usage func() (results.Usage, bool)) meter {
	return func() (float64, error) {
		used, err := known(usage)
		return used.CPUSeconds, err
	}
}

func known(usage func() (results.Usage, bool)) (results.Usage, error) {
	used, ok := usage()
	if !ok {
		return used, fmt.Errorf("%w: this system doesn't tell what a process has used", errNotRun)
	}
	return used, nil
}

// calls is a block of calls in this process.
func calls(block time.Duration, do func() error) traffic {
	return func(ctx context.Context) (n int64, err error) {
		// On a busy machine the time may be over before the first call.
		for began := time.Now(); ctx.Err() == nil && (n == 0 || time.Since(began) < block); {
			for range 10 {
				if err := do(); err != nil {
					return n, err
				}
				n++
			}
		}
		return n, ctx.Err()
	}
}

// paired measures two sides by turns, A B B A, so that a drift of the machine falls
// on both, and returns the median ratio of the first's figures to the second's.
func paired(ctx context.Context, blocks int, sides [2]figure) (float64, error) {
	var ratios []float64
	for i := range blocks + 1 {
		var figures [2]float64
		for j := range sides {
			side := j ^ i%2
			f, err := sides[side](ctx)
			if err != nil {
				return 0, err
			}
			figures[side] = f
		}
		if i > 0 { // the first block warms both up
			ratios = append(ratios, figures[0]/figures[1])
		}
	}
	return median(ratios), nil
}

// median of an odd or even number of figures; 0 of none.
func median(figures []float64) float64 {
	if len(figures) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(figures))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
