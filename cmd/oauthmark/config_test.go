package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write the files that tests compare with")

// configSchema describes a configuration file: every flag of 'run' by its name.
func configSchema() *jsonschema.Schema {
	types := map[string]string{"bool": "boolean", "int": "integer", "uint64": "integer", "float64Slice": "number", "numberSlice": "number", "intSlice": "integer"}
	enum := func(words []string) []any {
		var out []any
		for _, w := range words {
			out = append(out, w)
		}
		return out
	}
	closed := &jsonschema.Schema{Not: &jsonschema.Schema{}}
	s := &jsonschema.Schema{
		Schema: "https://json-schema.org/draft/2020-12/schema",
		Title:  "configuration of oauthmark run",
		Type:   "object", Properties: map[string]*jsonschema.Schema{}, AdditionalProperties: closed,
	}
	words := map[string][]string{"form": formWords(), "algorithms": algorithmWords()}
	describe := func(f *pflag.Flag) {
		if f.Name == "config" || f.Name == "help" {
			return
		}
		kind := types[f.Value.Type()]
		if kind == "" {
			kind = "string"
		}
		property := &jsonschema.Schema{Type: kind, Description: f.Usage}
		if c, ok := f.Value.(*choice); ok {
			property.Enum = enum(c.allowed)
		}
		if _, list := f.Value.(pflag.SliceValue); list {
			property = &jsonschema.Schema{Description: f.Usage, AnyOf: []*jsonschema.Schema{
				{Type: kind}, {Type: "array", Items: &jsonschema.Schema{Type: kind}},
			}}
			if known := words[f.Name]; known != nil {
				property.AnyOf[0].Enum = enum(known)
				property.AnyOf[1].Items.Enum = property.AnyOf[0].Enum
			}
		}
		s.Properties[f.Name] = property
	}
	runCommand(stdio{}).Flags().VisitAll(describe)
	new(settings).configKeys().VisitAll(describe)
	return s
}

// The published schema is that of the flags, so an editor knows what a flag's help says.
func TestConfigSchema(t *testing.T) {
	t.Parallel()
	raw, err := json.MarshalIndent(configSchema(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	raw = append(raw, '\n')
	const file = "config.schema.json"
	if *update {
		if err := os.WriteFile(file, raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(raw, kept) {
		t.Errorf("%s is out of date: run 'go test ./cmd/oauthmark -run ConfigSchema -update'", file)
	}
}

func TestReadConfig(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, file string
		args       []string
		check      func(s settings) bool
		fails      bool
	}{
		{"values and lists", "profile: quick\nrate: [100, 200]\ntarget: a.yaml\njson: true\nduration: 3s\n", nil,
			func(s settings) bool {
				return s.profile == "quick" && len(s.rates) == 2 && s.rates[1] == 200 && len(s.targets) == 1 && s.targets[0] == "a.yaml" && s.json && s.duration == 3e9
			}, false},
		{"a flag wins", "profile: quick\nworkers: 3\n", []string{"--profile", "thorough"},
			func(s settings) bool { return s.profile == "thorough" && s.workers == 3 }, false},
		{"aliases are YAML", "rate: &r 100\nworkers: *r\n", nil, func(s settings) bool { return s.workers == 100 && s.rates[0] == 100 }, false},
		{"numbers are decimal", "workers: 0100\nseed: 010\ntokens: 007\n", nil, func(s settings) bool { return s.workers == 100 && s.seed == 10 && slices.Equal(s.tokens, []int{7}) }, false},
		{"as on the command line", "profile: quick\n", []string{"--workers", "0100", "--seed", "010", "--repetitions", "09"},
			func(s settings) bool { return s.workers == 100 && s.seed == 10 && s.repetitions == 9 }, false},
		{"a whole matrix", "scenarios: [load/local, -load/local/ES256, cache]\nrate: [100, 200]\ntarget: [reference, oidc-provider]\nform: [usual, -EdDSA]\n" +
			"algorithms: [ES256, RS256]\nreuse: [0, 0.9]\ntokens: [10, 1000]\ncache-ttl: [1s, 1m]\nnegative-ttl: 0s\ncache-entries: 50\nwarm: cold\nallow-host: [as.example, 192.0.2.7]\n", nil,
			func(s settings) bool {
				return slices.Equal(s.scenarios, []string{"load/local", "-load/local/ES256", "cache"}) && len(s.rates) == 2 && len(s.targets) == 2 &&
					slices.Equal(s.forms, []string{"usual", "-EdDSA"}) && slices.Equal(s.algorithms, []string{"ES256", "RS256"}) && slices.Equal(s.reuse, []float64{0, 0.9}) &&
					slices.Equal(s.tokens, []int{10, 1000}) && slices.Equal(s.cacheTTL, []time.Duration{time.Second, time.Minute}) && s.negativeTTL == 0 && s.entries == 50 &&
					s.warm == "cold" && slices.Equal(s.allowHosts, []string{"as.example", "192.0.2.7"})
			}, false},
		{"one scenario", "scenarios: cost\n", nil, func(s settings) bool { return slices.Equal(s.scenarios, []string{"cost"}) }, false},
		{"no scenario", "scenarios: []\n", nil, nil, true},
		{"a population that isn't decimal", "tokens: [10, 0x10]\n", nil, nil, true},
		{"a time without a unit", "cache-ttl: 60\n", nil, nil, true},
		{"a number of another base", "workers: 0x10\n", nil, nil, true},
		{"a seed below 0", "seed: -1\n", nil, nil, true},
		{"a second document", "rate: 100\n---\nrate: 200\n", nil, nil, true},
		{"an empty list", "target: []\n", nil, nil, true},
		{"no value", "out: ~\n", nil, nil, true},
		{"a word that isn't among a flag's", "profile: fast\n", nil, nil, true},
		{"unknown key", "profil: quick\n", nil, nil, true},
		{"not a mapping", "- quick\n", nil, nil, true},
		{"a mapping as a value", "rate: {a: 1}\n", nil, nil, true},
		{"a value of another type", "workers: many\n", nil, nil, true},
		{"a config in the config", "config: other.yaml\n", nil, nil, true},
		{"empty", "", nil, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "config.yaml")
			if err := os.WriteFile(file, []byte(tt.file), 0o600); err != nil {
				t.Fatal(err)
			}
			var s settings
			flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
			s.targetFlags(flags)
			s.environmentFlags(flags)
			s.measureFlags(flags)
			s.sharedFlags(flags)
			if err := flags.Parse(tt.args); err != nil {
				t.Fatal(err)
			}
			err := readConfig(file, flags, s.configKeys())
			if (err != nil) != tt.fails {
				t.Fatalf("error %v, want one: %v", err, tt.fails)
			}
			if err == nil && !tt.check(s) {
				t.Errorf("settings %+v", s)
			}
		})
	}
}
