package scenarios

import (
	"errors"
	"reflect"
	"testing"
)

func TestSelect(t *testing.T) {
	t.Parallel()
	all := []Scenario{
		{Name: "conform", Items: []string{"rfc6749/5.1/no-store", "rfc7662/2.2/active-boolean"}},
		{Name: "cost", Items: []string{"cost/hash/SHA-256", "cost/sign/ES256", "cost/verify/ES256"}},
		{Name: "load/floor"},
		{Name: "load/introspect", Items: []string{"load/introspect/opaque"}, With: []string{"load/floor"}},
		{Name: "load/introspect-cached", Items: []string{"load/introspect-cached/opaque"}},
		{Name: "load/local", Items: []string{"load/local/ES256", "load/local/ES384", "load/local/RS256"}},
	}
	for _, tt := range []struct {
		prefixes []string
		want     map[string][]string // "*" stands for the whole
	}{
		{[]string{"load/l"}, map[string][]string{"load/local": {"*"}}},
		{[]string{"load"}, map[string][]string{"load/floor": {"*"}, "load/introspect": {"*"}, "load/introspect-cached": {"*"}, "load/local": {"*"}}},
		{[]string{"load/introspect"}, map[string][]string{"load/floor": {"*"}, "load/introspect": {"*"}}},
		{[]string{"load/intro"}, map[string][]string{"load/floor": {"*"}, "load/introspect": {"*"}, "load/introspect-cached": {"*"}}},
		{[]string{"load/local/RS256"}, map[string][]string{"load/local": {"load/local/RS256"}}},
		{[]string{"load/local/E"}, map[string][]string{"load/local": {"load/local/ES256", "load/local/ES384"}}},
		{[]string{"load/introspect/"}, map[string][]string{"load/floor": {"*"}, "load/introspect": {"load/introspect/opaque"}}},
		{[]string{"cost"}, map[string][]string{"cost": {"*"}}},
		{[]string{"cost/sign"}, map[string][]string{"cost": {"cost/sign/ES256"}}},
		{[]string{"cost/verify", "cost/hash"}, map[string][]string{"cost": {"cost/hash/SHA-256", "cost/verify/ES256"}}},
		{[]string{"cost/sign", "cost"}, map[string][]string{"cost": {"*", "cost/sign/ES256"}}},
		{[]string{"load", "-load/local"}, map[string][]string{"load/floor": {"*"}, "load/introspect": {"*"}, "load/introspect-cached": {"*"}}},
		{[]string{"load", "-load/introspect"}, map[string][]string{"load/floor": {"*"}, "load/introspect-cached": {"*"}, "load/local": {"*"}}},
		{[]string{"load", "-load/intro", "-load/floor"}, map[string][]string{"load/local": {"*"}}},
		{[]string{"load/introspect", "-load/floor"}, map[string][]string{"load/introspect": {"*"}}},
		{[]string{"-load/floor", "load/introspect"}, map[string][]string{"load/introspect": {"*"}}},
		{[]string{"load/local", "-load/local/ES256"}, map[string][]string{"load/local": {"*", "without load/local/ES256"}}},
		{[]string{"load/local", "-load/local/"}, map[string][]string{}},
		{[]string{"cost/sign", "cost/verify", "-cost/sign"}, map[string][]string{"cost": {"cost/verify/ES256"}}},
		{[]string{"cost", "-rfc"}, map[string][]string{"cost": {"*"}}},
		{[]string{"conform", "-rfc7662", "-rfc7662/2.2"}, map[string][]string{"conform": {"*", "without rfc7662/2.2/active-boolean"}}},
		{[]string{"rfc7662", "load/local/E"}, map[string][]string{"conform": {"rfc7662/2.2/active-boolean"}, "load/local": {"load/local/ES256", "load/local/ES384"}}},
	} {
		selected, err := Select(all, tt.prefixes)
		if err != nil {
			t.Errorf("%q: %v", tt.prefixes, err)
			continue
		}
		got := map[string][]string{}
		for _, s := range selected {
			got[s.Name] = s.Parts
			if s.Whole {
				got[s.Name] = append([]string{"*"}, s.Parts...)
			}
			for _, item := range s.Without {
				if s.Whole {
					got[s.Name] = append(got[s.Name], "without "+item)
				}
			}
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q selects %v, want %v", tt.prefixes, got, tt.want)
		}
	}
}

func TestSelectRefusesWhatSelectsNothing(t *testing.T) {
	t.Parallel()
	all := []Scenario{{Name: "cost", Items: []string{"cost/sign/ES256"}}, {Name: "load/introspect/opaque"}}
	for name, nearest := range map[string]string{
		"cots":                  "cost",
		"cost/sing":             "cost/sign",
		"cost/sign/EdDSA":       "cost/sign/ES256",
		"load/introspec/opaqe":  "load/introspect/opaque",
		"load/introspect/jwt":   "load/introspect/opaque",
		"entirely/another/name": "",
		"":                      "",
	} {
		for _, word := range []string{name, "-" + name} {
			_, err := Select(all, []string{"cost", word})
			var unknown *UnknownError
			if !errors.As(err, &unknown) || unknown.Name != name || unknown.Nearest != nearest {
				t.Errorf("%q: error %v, want it unknown with the nearest %q", word, err, nearest)
			}
		}
	}
}
