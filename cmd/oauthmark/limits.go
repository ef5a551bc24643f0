package main

import (
	"math"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/scenarios"
)

// A plan is laid out in memory before anything starts. Beyond these figures it is a
// typing error rather than a measurement that this machine could do.
const (
	maxPlanned     = 50_000_000 // requests in a step
	maxRepetitions = 10_000
	maxWorkers     = 100_000
	maxTokens      = 1_000_000
	maxSteps       = 20_000 // a record of more is one that 'report' won't read
)

// limits refuses what can't be carried out, and what would be silently ignored.
func (s *settings) limits(p scenarios.Profile) error {
	for _, l := range []struct {
		flag       string
		given, max int
	}{
		{"repetitions", p.Repetitions, maxRepetitions},
		{"workers", p.Load.Workers, maxWorkers},
		{"tokens", p.Load.Tokens, maxTokens},
	} {
		if l.given > l.max {
			return usagef("--%s %d: must be at most %d", l.flag, l.given, l.max)
		}
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
	for i, rate := range s.rates {
		if slices.Contains(s.rates[:i], rate) {
			return usagef("--rate %g: is given twice: use --repetitions to measure it more often", rate)
		}
	}
	return nil
}
