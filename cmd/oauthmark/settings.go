package main

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/load"
	"github.com/oauthmark/oauthmark/targets"
)

// settings are the flags that verbs share. Zero means that the profile decides.
type settings struct {
	targets     []string
	runtime     string
	profile     string
	rates       []float64
	forms       []string
	duration    time.Duration
	repetitions int
	workers     int
	tokens      int
	arrivals    string
	mix         string
	plant       string
	seed        uint64
	out         string
	json        bool
	config      string
	unused      *pflag.FlagSet // what a configuration may say and the verb doesn't use; may be nil
}

// defaultTarget is what a run measures when it is not told.
const defaultTarget = "reference"

// targetFlags says which servers are meant.
func (s *settings) targetFlags(f *pflag.FlagSet) {
	f.StringArrayVar(&s.targets, "target", []string{defaultTarget}, "server under test: a `NAME` of 'oauthmark list targets', a YAML file or a URL (repeatable)")
}

// environmentFlags says how servers are started and where the record goes.
func (s *settings) environmentFlags(f *pflag.FlagSet) {
	f.Var(oneOf(&s.runtime, "auto", "auto", "container", "process"), "runtime", "`KIND` of runtime: container, process, or auto for containers where a Docker engine answers")
	f.Var(oneOf(&s.plant, "", defectNames()...), "plant", "give the resource servers a `DEFECT` on purpose, to see that it is caught: 'oauthmark list faults'")
	f.StringVar(&s.out, "out", "results", "`DIR` in which the run's folder is made")
}

// measureFlags says how thoroughly to measure.
func (s *settings) measureFlags(f *pflag.FlagSet) {
	f.Var(oneOf(&s.profile, "standard", profileNames()...), "profile", "how thoroughly: quick, standard or thorough")
	f.Float64SliceVar(&s.rates, "rate", nil, "planned `REQUESTS` per second of a load step (repeatable; default by profile)")
	f.DurationVar(&s.duration, "duration", 0, "of one load step (default by profile)")
	f.IntVar(&s.repetitions, "repetitions", 0, "of each load step, interleaved (default by profile)")
	f.IntVar(&s.workers, "workers", 0, "most requests in flight (default: as many as need be; 64 with closed arrivals)")
	f.IntVar(&s.tokens, "tokens", 0, "distinct tokens of a load step (default by profile)")
	f.Var(oneOf(&s.arrivals, "", string(results.Constant), string(results.Poisson), string(results.Closed)), "arrivals", "constant, poisson or closed (default poisson)")
	f.StringSliceVar(&s.forms, "form", nil, "`FORM` of token in load steps, or all that the target issues (repeatable; default: the usual ones)")
	f.Var(mixValue{&s.mix}, "mix", "parts of the `OUTCOMES` of requests, as in valid=95,expired=2,random=3: 'oauthmark list outcomes' (default: 98 % valid)")
	f.Uint64Var(&s.seed, "seed", 0, "of everything random (default: drawn, and recorded)")
	for _, name := range []string{"repetitions", "workers", "tokens", "seed"} {
		flag := f.Lookup(name)
		flag.Value = decimal{flag.Value}
	}
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
		if err := readConfig(s.config, cmd.Flags(), s.unused); err != nil {
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
	} {
		if err != nil {
			return p, err
		}
	}
	if !flags.Changed("seed") {
		s.seed = rand.Uint64()>>11 | 1 // 53 bits: a JSON number that every reader keeps whole
	}
	for _, form := range s.forms {
		if known := append(targets.Forms(), load.AllForms); !slices.Contains(known, form) {
			return p, usagef("--form: %w", scenarios.Unknown("form", form, "'oauthmark list forms'", known))
		}
	}
	p = s.settleProfile()
	return p, s.limits(p)
}

// settleProfile is the profile with the flags' values in place of its own.
func (s *settings) settleProfile() scenarios.Profile {
	all := scenarios.Profiles()
	p := all[max(0, slices.IndexFunc(all, func(p scenarios.Profile) bool { return p.Name == cmp.Or(s.profile, defaultProfile) }))]
	p.Repetitions = cmp.Or(s.repetitions, p.Repetitions)
	p.Load = results.Offered{
		Arrivals: cmp.Or(results.Arrivals(s.arrivals), p.Load.Arrivals), Rate: p.Load.Rate,
		Duration: cmp.Or(results.Duration(s.duration), p.Load.Duration), Workers: s.workers, Tokens: cmp.Or(s.tokens, p.Load.Tokens),
		Mix: s.mix,
	}
	if p.Load.Closed() {
		p.Load.Workers = cmp.Or(s.workers, closedWorkers)
	}
	return p
}

// closedWorkers is how many workers make a closed load that nobody gives a number.
const closedWorkers = 64

// defaultProfile is that of a verb without the flag.
const defaultProfile = "standard"

func profileNames() []string {
	var names []string
	for _, p := range scenarios.Profiles() {
		names = append(names, p.Name)
	}
	return names
}

// unusedFlags are flags that a configuration may set and this verb doesn't use.
func (s *settings) unusedFlags() *pflag.FlagSet {
	s.unused = pflag.NewFlagSet("", pflag.ContinueOnError)
	return s.unused
}

// decimal is the value of a flag that takes a whole number. Those of pflag take 0100 for 64.
type decimal struct{ pflag.Value }

func (d decimal) Set(given string) error {
	n, ok := new(big.Int).SetString(given, 10)
	if !ok {
		return errors.New("must be a whole number, such as 64")
	}
	return d.Value.Set(n.String())
}

// choice is the value of a flag that takes one of a few words.
type choice struct {
	value   *string
	allowed []string
}

func oneOf(value *string, otherwise string, allowed ...string) *choice {
	*value = otherwise
	return &choice{value, allowed}
}

func (c *choice) String() string { return *c.value }
func (c *choice) Type() string   { return "string" }

func (c *choice) Set(given string) error {
	if !slices.Contains(c.allowed, given) {
		hint := ""
		if near := scenarios.Unknown("", given, "", c.allowed).Nearest; near != "" {
			hint = fmt.Sprintf(" (did you mean %s?)", near)
		}
		return fmt.Errorf("use one of %s%s", strings.Join(c.allowed, ", "), hint)
	}
	*c.value = given
	return nil
}
