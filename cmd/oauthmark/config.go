package main

import (
	"errors"
	"os"

	"github.com/spf13/pflag"

	"github.com/oauthmark/oauthmark/reference/config"
)

// readConfig sets flags from a YAML file whose keys are the flags' names. A flag
// that was given on the command line keeps its value. The file may also have keys that
// are no flags; there may be none.
func readConfig(file string, flags, keys *pflag.FlagSet) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return usagef("--config: %w", err)
	}
	given := map[string]config.List{}
	doc, err := config.Read(file, raw, &given)
	if errors.Is(err, config.ErrEmpty) {
		return usagef("--config %w: write flags by name into it, such as 'rate: 400', or leave it out", err)
	} else if err != nil {
		return usagef("--config %w", err)
	}
	var known []string
	note := func(f *pflag.Flag) {
		if f.Name != "config" && f.Name != "help" {
			known = append(known, f.Name)
		}
	}
	flags.VisitAll(note)
	if keys != nil {
		keys.VisitAll(note)
	}
	for _, key := range doc.Keys() {
		into, flag := flags, flags.Lookup(key)
		if flag == nil && keys != nil {
			into, flag = keys, keys.Lookup(key)
		}
		switch {
		case flag == nil || key == "config" || key == "help":
			return usagef("--config %w", doc.Unknown(key, known))
		case len(given[key]) == 0:
			return usagef("--config %w", doc.Errorf(key, "has no value: give it one, or leave the key out"))
		case flag.Changed:
			continue
		}
		for _, value := range given[key] {
			if err := into.Set(key, value); err != nil {
				return usagef("--config %w", doc.Errorf(key, "%w", err))
			}
		}
	}
	return nil
}
