package main

import (
	"bytes"
	"errors"
	"io"
	"os"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/oauthmark/oauthmark/scenarios"
)

// readConfig sets flags from a YAML file whose keys are the flags' names. A flag
// that was given on the command line keeps its value. What the unused flags are called
// may be said too; there may be none.
func readConfig(file string, flags, unused *pflag.FlagSet) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return usagef("--config: %w", err)
	}
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(raw)).Decode(&doc); errors.Is(err, io.EOF) {
		return usagef("--config %s: is empty: write flags by name into it, such as 'rate: 400', or leave it out", file)
	} else if err != nil {
		return usagef("--config %s: %w", file, err)
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return usagef("--config %s:%d: must be a mapping from flag names to values", file, top.Line)
	}
	var known []string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name != "config" && f.Name != "help" {
			known = append(known, f.Name)
		}
	})
	seen := map[string]bool{}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		if seen[key.Value] {
			return usagef("--config %s:%d: %s is there twice: write several values as a list", file, key.Line, key.Value)
		}
		seen[key.Value] = true
		into, flag := flags, flags.Lookup(key.Value)
		if flag == nil && unused != nil {
			into, flag = unused, unused.Lookup(key.Value)
		}
		if flag == nil || key.Value == "config" || key.Value == "help" {
			near := scenarios.Unknown("key", key.Value, "'--help'", known)
			return usagef("--config %s:%d: %w", file, key.Line, near)
		}
		if flag.Changed {
			continue
		}
		values := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			values = value.Content
		}
		for _, v := range values {
			if v.Kind != yaml.ScalarNode {
				return usagef("--config %s:%d: %s takes a value or a list of values", file, v.Line, key.Value)
			}
			if err := into.Set(key.Value, v.Value); err != nil {
				return usagef("--config %s:%d: %s: %w", file, v.Line, key.Value, err)
			}
		}
	}
	return nil
}
