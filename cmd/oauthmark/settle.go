package main

import (
	"cmp"
	"math"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// asked is what a person asked for, settled.
type asked struct {
	profile scenarios.Profile
	options scenarios.Options // without targets
	names   []string
	cache   verifier.Cache
}

// settle reads the configuration file, if any, checks every value, and returns what is
// asked for. Names are those of the command line, or else the others.
func (s *settings) settle(cmd *cobra.Command, names, otherwise []string) (a asked, err error) {
	flags := cmd.Flags()
	if s.config != "" {
		if err := readConfig(s.config, flags, s.keys); err != nil {
			return a, err
		}
	}
	if err := s.positive(flags); err != nil {
		return a, err
	}
	a.names = s.settleNames(names, otherwise)
	if !flags.Changed("seed") {
		s.seed = seedOf(a.names, flags)
	}
	a.profile = s.settleProfile()
	if len(names) == 0 && len(s.scenarios) == 0 && a.profile.Name == defaultProfile && s.duration == 0 {
		a.profile.Load.Duration = results.Duration(suiteDuration)
	}
	a.options = scenarios.Options{Profile: a.profile, Rates: s.rates, Reuse: s.reuse, Tokens: s.tokens, TTLs: s.cacheTTL}
	a.options.Level = s.slo
	if _, err := scenarios.ParseLevel(s.slo); err != nil {
		return a, usagef("--slo: %w", err)
	}
	if s.bounds, err = bounds(s.within); err != nil {
		return a, err
	}
	if a.options.Forms, a.options.WithoutForms, err = s.settleForms(); err != nil {
		return a, err
	}
	if a.cache, err = s.settleCache(flags); err != nil {
		return a, err
	}
	if a.options.Trace, err = s.readTrace(flags); err != nil {
		return a, err
	}
	for _, host := range s.allowHosts {
		if err := targets.CheckHost(host); err != nil {
			return a, usagef("--allow-host %w", err)
		}
	}
	return a, s.limits(a.profile, a.options.Trace)
}

// positive refuses what must be above 0.
func (s *settings) positive(flags *pflag.FlagSet) error {
	above0 := func(flag string, value any, ok bool, example string) error {
		if flags.Changed(flag) && !ok {
			return usagef("--%s %v: must be above 0, for example --%s %s", flag, value, flag, example)
		}
		return nil
	}
	worst := slices.Min(append([]float64{math.Inf(1)}, s.rates...))
	fewest := slices.Min(append([]int{math.MaxInt}, s.tokens...))
	shortest := slices.Min(append([]time.Duration{math.MaxInt64}, s.cacheTTL...))
	return cmp.Or(
		above0("rate", worst, worst > 0, "400"),
		above0("duration", s.duration, s.duration > 0, "5s"),
		above0("repetitions", s.repetitions, s.repetitions > 0, "3"),
		above0("workers", s.workers, s.workers > 0, "64"),
		above0("tokens", fewest, fewest > 0, "100"),
		above0("cache-ttl", shortest, shortest > 0, "60s"),
	)
}

// settleProfile is the profile with the flags' values in place of its own.
func (s *settings) settleProfile() scenarios.Profile {
	all := scenarios.Profiles()
	p := all[max(0, slices.IndexFunc(all, func(p scenarios.Profile) bool { return p.Name == cmp.Or(s.profile, defaultProfile) }))]
	p.Repetitions = cmp.Or(s.repetitions, p.Repetitions)
	p.Load.Arrivals = cmp.Or(results.Arrivals(s.arrivals), p.Load.Arrivals)
	p.Load.Duration = cmp.Or(results.Duration(s.duration), p.Load.Duration)
	p.Load.Workers, p.Load.Mix = s.workers, s.mix
	p.Load.Warm = cmp.Or(results.Warm(s.warm), p.Load.Warm)
	if p.Load.Closed() {
		p.Load.Workers = cmp.Or(s.workers, closedWorkers)
	}
	return p
}

// settleCache is what the harness's resource servers remember.
func (s *settings) settleCache(flags *pflag.FlagSet) (verifier.Cache, error) {
	c := verifier.DefaultCache()
	if len(s.cacheTTL) == 1 {
		c.TTL = verifier.Duration(s.cacheTTL[0])
	}
	if flags.Changed("negative-ttl") {
		c.NegativeTTL = verifier.Duration(s.negativeTTL)
	}
	if flags.Changed("cache-entries") {
		c.Entries = s.entries
	}
	switch {
	case c.NegativeTTL < 0:
		return c, usagef("--negative-ttl %v: must not be below 0", s.negativeTTL)
	case c.Entries < 2 || c.Entries > maxEntries:
		return c, usagef("--cache-entries %d: must be from 2 to %d", c.Entries, maxEntries)
	case time.Duration(max(c.TTL, c.NegativeTTL)) > maxTTL || slices.Max(append([]time.Duration{0}, s.cacheTTL...)) > maxTTL:
		return c, usagef("--cache-ttl, --negative-ttl: must be at most %v", maxTTL)
	}
	return c, nil
}

// readTrace reads the trace, if there is one, and refuses what it has itself.
func (s *settings) readTrace(flags *pflag.FlagSet) (*scenarios.Trace, error) {
	if s.trace == "" {
		if flags.Changed("trace") {
			return nil, usagef("--trace: want the name of a file")
		}
		return nil, nil
	}
	for _, own := range []string{"rate", "duration", "arrivals", "tokens", "reuse"} {
		if flags.Changed(own) {
			return nil, usagef("--%s: a trace has its own: leave out --%s or --trace", own, own)
		}
	}
	in, err := os.Open(s.trace)
	if err != nil {
		return nil, usagef("--trace: %w", err)
	}
	defer in.Close()
	t, err := scenarios.ReadTrace(s.trace, in)
	if err != nil {
		return nil, usagef("--trace %w", err)
	}
	return t, nil
}
