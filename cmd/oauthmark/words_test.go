package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/oauthmark/oauthmark/results"
)

// planned is the plan of a command line, and the words that say it.
func planned(t *testing.T, verb string, words []string) (results.Plan, []string) {
	t.Helper()
	root, cmd := &cobra.Command{Use: "oauthmark"}, &cobra.Command{Use: verb, Annotations: map[string]string{takesNames: "yes"}, RunE: func(*cobra.Command, []string) error { return nil }}
	var s settings
	s.runFlags(cmd.Flags())
	root.AddCommand(cmd)
	if err := cmd.ParseFlags(exclusions(root, append([]string{verb}, words...))[1:]); err != nil {
		t.Fatal(err)
	}
	m, err := prepare(cmd, &s, catalogue(), cmd.Flags().Args(), suite, verb == "run")
	if err != nil {
		t.Fatalf("%s %q: %v", verb, words, err)
	}
	return m.plan, m.again()
}

// A run does what the plan with the same words said, in its very order; so does the
// command line that the plan prints, and one that says the same in another order. Other
// words mean another order.
func TestRunIsAsPlanned(t *testing.T) {
	t.Parallel()
	seen := map[uint64]string{}
	for _, line := range []string{
		"", "--profile quick", "load/local", "load/local --rate 200,400 --reuse 0,1", "load -load/local-cached --form -ES256", "cache --tokens 10", "--seed 7", "cost/hash",
	} {
		words := strings.Fields(line)
		plan, again := planned(t, "plan", words)
		run, _ := planned(t, "run", append(slices.Clone(words), "--out", "elsewhere", "--runtime", "process", "--json"))
		if !reflect.DeepEqual(plan, run) {
			t.Errorf("%q: the run isn't as planned", line)
		}
		if printed, _ := planned(t, "run", again[1:]); !reflect.DeepEqual(plan, printed) {
			t.Errorf("%q: the printed command %q has another plan", line, again)
		}
		if other, ok := seen[plan.Seed]; ok || plan.Seed == 0 || plan.Seed >= 1<<53 {
			t.Errorf("%q: seed %d, which is no number of 53 bits of its own (%q)", line, plan.Seed, other)
		}
		seen[plan.Seed] = line
	}
	a, _ := planned(t, "plan", []string{"load/local", "load/floor", "--rate", "200"})
	b, _ := planned(t, "plan", []string{"--rate", "200", "load/floor", "load/local"})
	if !reflect.DeepEqual(a, b) {
		t.Error("the order of words matters")
	}
}

func TestExclusions(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"run load -load/local":              "run load -- -load/local",
		"run -load/local load --rate 5":     "run load --rate 5 -- -load/local",
		"run --form -ES256 load":            "run --form -ES256 load",
		"run --form=-ES256 -cost":           "run --form=-ES256 -- -cost",
		"run --json -cost load":             "run --json load -- -cost",
		"run -h":                            "run -h",
		"run --rate -5":                     "run --rate -5",
		"run -rate 5":                       "run -rate 5",
		"run load -- -load/local":           "run load -- -load/local",
		"run -cost load -- -load/local":     "run load -- -cost -load/local",
		"conform -rfc7662/2.2":              "conform -- -rfc7662/2.2",
		"report -x":                         "report -x",
		"list -x":                           "list -x",
		"run --nothing -load":               "run --nothing -- -load",
		"plan --cache-ttl 1s -load/floor x": "plan --cache-ttl 1s x -- -load/floor",
	} {
		if got := strings.Join(exclusions(newRoot(stdio{}), strings.Fields(line)), " "); got != want {
			t.Errorf("%q becomes %q, want %q", line, got, want)
		}
	}
}

func TestSettleForms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ form, algorithms, forms, without string }{
		{"", "", "", ""},
		{"usual", "", "", ""},
		{"ES256 opaque", "", "opaque ES256", ""},
		{"-ML-DSA-44", "", "", "ML-DSA-44"},
		{"all -ML-DSA-44", "", "all", "ML-DSA-44"},
		{"usual PS256 -EdDSA", "", "opaque RS256 ES256 EdDSA PS256", "EdDSA"},
		{"", "ES256 RS256", "opaque RS256 ES256", ""},
		{"", "usual", "opaque RS256 ES256 EdDSA", ""},
		{"", "all", "all", ""},
		{"", "-ES256", "", "ES256"},
		{"", "all -ES256", "all", "ES256"},
		{"ES384", "all", "all", "opaque"},
		{"ES384", "ES256", "ES256 ES384", ""},
		{"-opaque", "ES256", "opaque ES256", "opaque"},
	} {
		s := settings{forms: strings.Fields(tt.form), algorithms: strings.Fields(tt.algorithms)}
		forms, without, err := s.settleForms()
		if err != nil || strings.Join(forms, " ") != tt.forms || strings.Join(without, " ") != tt.without {
			t.Errorf("--form %q --algorithms %q: %q without %q, %v; want %q without %q", tt.form, tt.algorithms, forms, without, err, tt.forms, tt.without)
		}
	}
}

func TestTyped(t *testing.T) {
	t.Parallel()
	if got := typed([]string{"run", "-load/x", "--out", "a b", "it's", ""}); got != `run -load/x --out 'a b' 'it'\''s' ''` {
		t.Error(got)
	}
}
