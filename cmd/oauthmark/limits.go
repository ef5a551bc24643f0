package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/load"
)

// A plan is laid out in memory before anything starts. Beyond these figures it is a
// typing error rather than a measurement that this machine could do.
const (
	maxPlanned     = 50_000_000 // requests in a step
	maxRepetitions = 10_000
	maxWorkers     = 100_000
	maxTokens      = 1_000_000
	maxEntries     = 10_000_000
	maxTTL         = 1000 * time.Hour
	maxReuse       = 10
	maxSteps       = 20_000 // a record of more is one that 'report' won't read
)

// limits refuses what can't be carried out, and what would be silently ignored.
func (s *settings) limits(p scenarios.Profile, trace *scenarios.Trace) error {
	for _, l := range []struct {
		flag       string
		given, max int
	}{
		{"repetitions", p.Repetitions, maxRepetitions},
		{"workers", p.Load.Workers, maxWorkers},
		{"tokens", slices.Max(append([]int{p.Load.Tokens}, s.tokens...)), maxTokens},
	} {
		if l.given > l.max {
			return usagef("--%s %d: must be at most %d", l.flag, l.given, l.max)
		}
	}
	for _, reuse := range s.reuse {
		if !(reuse >= 0 && reuse <= maxReuse) {
			return usagef("--reuse %g: must be from 0 to %d, for example --reuse 1", reuse, maxReuse)
		}
	}
	if err := twice("reuse", s.reuse); err != nil {
		return err
	}
	if err := twice("tokens", s.tokens); err != nil {
		return err
	}
	if err := twice("cache-ttl", s.cacheTTL); err != nil {
		return err
	}
	if trace != nil {
		return s.inFlight("trace "+s.trace, trace.Rate(), trace.Lasts())
	}
	if p.Load.Closed() {
		if len(s.rates) > 0 {
			return usagef("--rate %g: closed arrivals have no rate: leave out --rate, or use --arrivals poisson", s.rates[0])
		}
		return nil
	}
	rates := slices.Sorted(slices.Values(append([]float64{p.Load.Rate}, s.rates...)))
	if most := rates[len(rates)-1]; math.IsInf(most, 1) || most*time.Duration(p.Load.Duration).Seconds() > maxPlanned {
		return usagef("--rate %g: too many requests for a step of %v, more than %d: lower --rate or --duration", most, p.Load.Duration, maxPlanned)
	}
	if err := twice("rate", s.rates); err != nil {
		return err
	}
	return s.inFlight(fmt.Sprintf("rate %g", rates[len(rates)-1]), rates[len(rates)-1], time.Duration(p.Load.Duration))
}

// ordinaryRate is a rate in requests per second that each processor carries, so that it
// need not be tried.
const ordinaryRate = 1000

// carried refuses rates for which the processors of this machine can't be enough, by what
// they do for requests that mean nothing. Nobody else is asked.
func (s *settings) carried(ctx context.Context, plan results.Plan, most func(context.Context) (float64, error)) error {
	rate := 0.0
	for _, step := range plan.Steps {
		if step.Load != nil && !step.Load.Closed() {
			rate = max(rate, step.Load.Rate)
		}
	}
	if rate <= ordinaryRate*float64(runtime.GOMAXPROCS(0)) {
		return nil
	}
	fits, err := most(ctx)
	if err != nil || rate <= fits { // what isn't known is found out by the step itself
		return nil
	}
	return usagef("--rate %g: the %d processors of this machine can do %.0f requests per second at the most, with a server that does nothing: a rate of %.0f or less fits",
		rate, runtime.GOMAXPROCS(0), fits, math.Floor(fits))
}

// slowAnswer is how long answers may take for a rate to be one that this machine can
// offer: a server that is pressed takes about so long. Whoever knows that theirs is
// faster says so by --workers.
const slowAnswer = time.Second

// inFlight refuses a rate at which more requests would be in flight than this machine has
// descriptors and ports for, if answers took a second each.
func (s *settings) inFlight(flag string, rate float64, d time.Duration) error {
	most, limit := load.MostInFlight()
	atOnce := rate * min(slowAnswer, d).Seconds()
	if s.workers > 0 || atOnce <= float64(most) {
		return nil
	}
	return usagef("--%s: if an answer took %v, %.0f requests would be in flight at once, and the %s of this machine allow %d: a rate of %.0f fits; raise their limit, or set --workers where answers are faster",
		flag, slowAnswer, atOnce, limit, most, math.Floor(float64(most)/min(slowAnswer, d).Seconds()))
}

// twice refuses a value that is given twice: its steps couldn't be told apart.
func twice[T comparable](flag string, given []T) error {
	for i, v := range given {
		if slices.Contains(given[:i], v) {
			return usagef("--%s %v: is given twice: use --repetitions to measure it more often", flag, v)
		}
	}
	return nil
}
