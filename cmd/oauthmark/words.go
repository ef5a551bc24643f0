package main

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/oauthmark/oauthmark/scenarios"
)

// takesNames marks a verb whose arguments are names that may be excluded by a dash.
const takesNames = "takes-names"

// exclusions puts names with a dash before them, as in 'run load -load/floor', behind a
// "--": the parser would take each of them for a heap of short flags, of which there are
// none but -h. The value of a flag before it stays, as in '--form -ES256'.
func exclusions(root *cobra.Command, args []string) []string {
	cmd, _, err := root.Find(args)
	if err != nil || cmd.Annotations[takesNames] == "" {
		return args
	}
	flags := cmd.Flags()
	var kept, names, rest []string
	for i := 0; i < len(args); i++ {
		word := args[i]
		long, isLong := strings.CutPrefix(word, "--")
		switch flag := flags.Lookup(long); {
		case word == "--":
			rest, i = args[i+1:], len(args)
		case isLong:
			kept = append(kept, word)
			if flag != nil && flag.NoOptDefVal == "" && i+1 < len(args) {
				i++
				kept = append(kept, args[i]) // its value
			}
		case len(word) > 2 && word[0] == '-' && !strings.Contains(word, "=") && flags.Lookup(word[1:]) == nil:
			names = append(names, word)
		default:
			kept = append(kept, word)
		}
	}
	if names == nil && rest == nil {
		return args
	}
	return slices.Concat(kept, []string{"--"}, names, rest)
}

// settleNames are the names that are selected: those of the command line, then those of
// the configuration, then those of a run where nothing is named. Exclusions alone are
// exclusions from what stands next.
func (s *settings) settleNames(given, otherwise []string) []string {
	selected, excluded := scenarios.Excluded(given)
	if len(selected) == 0 {
		var more []string
		selected, more = scenarios.Excluded(s.scenarios)
		excluded = append(excluded, more...)
	}
	if len(selected) == 0 {
		selected = slices.Clone(otherwise)
	}
	for _, name := range excluded {
		selected = append(selected, "-"+name)
	}
	return selected
}

// indifferent are the flags that change nothing about what is done in which order.
var indifferent = []string{"config", "help", "json", "out", "runtime", "seed"}

// seedOf is the seed of what is asked for, so that 'plan' and 'run' with the same words
// mean the same steps in the same order, with the same arrivals. It is 53 bits long, a
// JSON number that every reader keeps whole, and never 0.
func seedOf(names []string, flags *pflag.FlagSet) uint64 {
	h := sha256.New()
	fmt.Fprintf(h, "%q", slices.Compact(slices.Sorted(slices.Values(names))))
	flags.VisitAll(func(f *pflag.Flag) { // in the order of their names
		if !slices.Contains(indifferent, f.Name) {
			fmt.Fprintf(h, " %s=%q", f.Name, f.Value)
		}
	})
	return binary.BigEndian.Uint64(h.Sum(nil))>>11 | 1
}

// plain is a word that a shell takes as it is.
var plain = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// typed is a command line as a person would type it.
func typed(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		if out[i] = w; !plain.MatchString(w) {
			out[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(out, " ")
}
