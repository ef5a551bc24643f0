package main

import (
	"time"

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
	forms       []string
	algorithms  []string
	duration    time.Duration
	repetitions int
	workers     int
	tokens      []int
	reuse       []float64
	trace       string
	arrivals    string
	warm        string
	cacheTTL    []time.Duration
	negativeTTL time.Duration
	entries     int
	allowHosts  []string
	slo         string
	mix         string
	plant       string
	seed        uint64
	within      []string
	bounds      []results.Bound // what within says
	out         string
	json        bool
	config      string
	scenarios   []string       // of the configuration
	keys        *pflag.FlagSet // what a configuration may say beside the flags; may be nil
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
	f.StringArrayVar(&s.allowHosts, "allow-host", nil, "`HOST` beyond this machine to which load may go, for its owner agrees (repeatable; default: load stays on loopback addresses)")
	f.Float64SliceVar(&s.rates, "rate", nil, "planned `REQUESTS` per second of a load step (repeatable; default by profile)")
	f.DurationVar(&s.duration, "duration", 0, "of one load step (default by profile)")
	f.IntVar(&s.repetitions, "repetitions", 0, "of each load step, interleaved (default by profile)")
	f.IntVar(&s.workers, "workers", 0, "most requests in flight (default: as many as need be; 64 with closed arrivals)")
	f.Var(wholeNumbers(&s.tokens), "tokens", "distinct tokens of a load step (repeatable; default by profile)")
	f.Var(numbers(&s.reuse), "reuse", "`EXPONENT` of Zipf's law for how often each token comes again: 0 for all alike, 1 for few that come often (repeatable; default 0)")
	f.StringVar(&s.trace, "trace", "", "`FILE` with lines of SECONDS,TOKENHASH that load steps replay in place of planned arrivals")
	f.Var(oneOf(&s.arrivals, "", string(results.Constant), string(results.Poisson), string(results.Closed)), "arrivals", "constant, poisson or closed (default poisson)")
	f.StringSliceVar(&s.forms, "form", nil, "`FORM` of token in load steps, usual, all that the target issues, or -FORM to exclude it (repeatable; default usual)")
	f.StringSliceVar(&s.algorithms, "algorithms", nil, "`ALGORITHMS` of self-contained tokens in load steps, usual, all, or -ALGORITHM to exclude it (repeatable; default usual)")
	f.Var(durations(&s.cacheTTL), "cache-ttl", "for how long the harness's resource server remembers a token that it accepted (repeatable for the scenario cache; default 1m0s)")
	f.DurationVar(&s.negativeTTL, "negative-ttl", 0, "likewise one that it refused; 0s for not at all (default 5s)")
	f.IntVar(&s.entries, "cache-entries", 0, "tokens that it remembers at most (default 100000)")
	f.Var(oneOf(&s.warm, string(results.Steady), string(results.Cold), string(results.Steady)), "warm", "what its caches hold when a step begins: steady for what a load of any length would have left there, or cold for nothing")
	f.Uint64Var(&s.seed, "seed", 0, "of everything random (default: made of the other words, so that run does what plan said; recorded)")
	f.Var(mixValue{&s.mix}, "mix", "parts of the `OUTCOMES` of requests, as in valid=95,expired=2,random=3: 'oauthmark list outcomes' (default: 98 % valid)")
	f.StringVar(&s.slo, "slo", scenarios.DefaultLevel, "service `LEVEL` whose capacity is looked for: one of p50, p90, p95, p99 and p99.9, and its time")
	f.StringSliceVar(&s.within, "within", nil, withinUsage)
	for _, name := range []string{"repetitions", "workers", "cache-entries", "seed"} {
		flag := f.Lookup(name)
		flag.Value = decimal{flag.Value}
	}
}

// runFlags are the flags of 'run', and of 'plan', so that the words of one are those of
// the other.
func (s *settings) runFlags(f *pflag.FlagSet) {
	s.configKeys()
	s.targetFlags(f)
	s.environmentFlags(f)
	s.measureFlags(f)
	s.sharedFlags(f)
}

// sharedFlags are those of every verb that reads the others.
func (s *settings) sharedFlags(f *pflag.FlagSet) {
	f.BoolVar(&s.json, "json", false, "print JSON instead of tables")
	f.StringVar(&s.config, "config", "", "YAML `FILE` with any of these flags by name, and scenarios; what is typed wins over it")
}

// configKeys are what a configuration may say beside the flags: the scenarios.
func (s *settings) configKeys() *pflag.FlagSet {
	s.keys = pflag.NewFlagSet("", pflag.ContinueOnError)
	s.keys.StringArrayVar(&s.scenarios, "scenarios", nil, "what to run, by names as on the command line; those win over it")
	return s.keys
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
