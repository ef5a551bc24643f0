package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// settings are the flags that verbs share. Zero means that the profile decides.
type settings struct {
	targets     []string
	runtime     string
	profile     string
	rates       []float64
	duration    time.Duration
	repetitions int
	workers     int
	tokens      int
	arrivals    string
	seed        uint64
	out         string
	json        bool
	config      string
}

// defaultTarget is what a run measures when it is not told.
const defaultTarget = "reference"

// targetFlags says which servers are meant.
func (s *settings) targetFlags(f *pflag.FlagSet) {
	f.StringArrayVar(&s.targets, "target", []string{defaultTarget}, "server under test: a `NAME` of 'oauthmark list targets', a YAML file or a URL (repeatable)")
}

// environmentFlags says how servers are started and where the record goes.
func (s *settings) environmentFlags(f *pflag.FlagSet) {
	f.StringVar(&s.runtime, "runtime", "auto", "`KIND` of runtime: container, process, or auto for containers where a Docker engine answers")
	f.StringVar(&s.out, "out", "results", "`DIR` in which the run's folder is made")
}

// measureFlags says how thoroughly to measure.
func (s *settings) measureFlags(f *pflag.FlagSet) {
	f.StringVar(&s.profile, "profile", "standard", "how thoroughly: quick, standard or thorough")
	f.Float64SliceVar(&s.rates, "rate", nil, "planned `REQUESTS` per second of a load step (repeatable; default by profile)")
	f.DurationVar(&s.duration, "duration", 0, "of one load step (default by profile)")
	f.IntVar(&s.repetitions, "repetitions", 0, "of each load step, interleaved (default by profile)")
	f.IntVar(&s.workers, "workers", 0, "most requests in flight (default by profile)")
	f.IntVar(&s.tokens, "tokens", 0, "distinct tokens of a load step (default by profile)")
	f.StringVar(&s.arrivals, "arrivals", "", "constant, poisson or closed (default poisson)")
	f.Uint64Var(&s.seed, "seed", 0, "of everything random (default: drawn, and recorded)")
}

// sharedFlags are those of every verb that reads the others.
func (s *settings) sharedFlags(f *pflag.FlagSet) {
	f.BoolVar(&s.json, "json", false, "print JSON instead of tables")
	f.StringVar(&s.config, "config", "", "YAML `FILE` with any of these flags by name; flags win over it")
}

// settle reads the configuration file, if any, and checks every value.
func (s *settings) settle(cmd *cobra.Command) (scenarios.Profile, error) {
	var p scenarios.Profile
	if s.config != "" {
		if err := readConfig(s.config, cmd.Flags()); err != nil {
			return p, err
		}
	}
	flags := cmd.Flags()
	above0 := func(flag string, value any, ok bool, example string) error {
		if flags.Changed(flag) && !ok {
			return usagef("--%s %v: must be above 0, for example --%s %s", flag, value, flag, example)
		}
		return nil
	}
	worst := slices.Min(append([]float64{math.Inf(1)}, s.rates...))
	for _, err := range []error{
		above0("rate", worst, worst > 0, "400"),
		above0("duration", s.duration, s.duration > 0, "5s"),
		above0("repetitions", s.repetitions, s.repetitions > 0, "3"),
		above0("workers", s.workers, s.workers > 0, "64"),
		above0("tokens", s.tokens, s.tokens > 0, "100"),
		oneOf("runtime", s.runtime, "auto", "container", "process"),
		oneOf("arrivals", s.arrivals, "", string(results.Constant), string(results.Poisson), string(results.Closed)),
	} {
		if err != nil {
			return p, err
		}
	}
	if !flags.Changed("seed") {
		s.seed = rand.Uint64()>>11 | 1 // 53 bits: a JSON number that every reader keeps whole
	}
	p, err := s.settleProfile(flags)
	if err != nil {
		return p, err
	}
	return p, s.limits(p)
}

// settleProfile is the profile with the flags' values in place of its own.
func (s *settings) settleProfile(flags *pflag.FlagSet) (scenarios.Profile, error) {
	var names []string
	for _, p := range scenarios.Profiles() {
		names = append(names, p.Name)
		if p.Name != s.profile && !(s.profile == "" && p.Name == "standard") {
			continue
		}
		if s.duration > 0 {
			p.Duration = s.duration
		}
		if s.repetitions > 0 {
			p.Repetitions = s.repetitions
		}
		if s.workers > 0 {
			p.Workers = s.workers
		}
		if s.tokens > 0 {
			p.Tokens = s.tokens
		}
		if s.arrivals != "" {
			p.Arrivals = results.Arrivals(s.arrivals)
		}
		return p, nil
	}
	return scenarios.Profile{}, oneOf("profile", s.profile, names...)
}

func oneOf(flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	named := slices.DeleteFunc(slices.Clone(allowed), func(a string) bool { return a == "" })
	hint := ""
	if near := scenarios.Unknown(flag, value, "", named).Nearest; near != "" {
		hint = fmt.Sprintf(" (did you mean %s?)", near)
	}
	return usagef("--%s %q: use one of %s%s", flag, value, strings.Join(named, ", "), hint)
}
