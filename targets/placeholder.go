package targets

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// placeholders are the names that a target.yaml may use.
var placeholders = []string{"self", "listen", "port", "issuer", "dir", "registration"}

// Expand replaces each ${name} of s by its value. A name without a value is an
// error: a server must never be started with half of its configuration.
func Expand(s string, values map[string]string) (string, error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "${")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, rest, closed := strings.Cut(after, "}")
		if !closed {
			return "", fmt.Errorf("placeholder ${%s is not closed", after)
		}
		value, ok := values[name]
		if !ok {
			return "", fmt.Errorf("unknown placeholder ${%s}%s", name, meant(name, slices.Sorted(maps.Keys(values))))
		}
		b.WriteString(value)
		s = rest
	}
}

// ExpandAll expands each of the strings. It returns nil for none.
func ExpandAll(in []string, values map[string]string) (out []string, err error) {
	for _, s := range in {
		v, err := Expand(s, values)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// ExpandEnv expands the values and returns NAME=value pairs, sorted.
func ExpandEnv(in map[string]string, values map[string]string) ([]string, error) {
	out := make([]string, 0, len(in))
	for _, name := range slices.Sorted(maps.Keys(in)) {
		v, err := Expand(in[name], values)
		if err != nil {
			return nil, err
		}
		out = append(out, name+"="+v)
	}
	return out, nil
}
