package scenarios

import (
	"errors"
	"reflect"
	"testing"
)

func TestSelect(t *testing.T) {
	t.Parallel()
	all := []Scenario{
		{ID: "conform", Items: []string{"rfc6749/5.1/no-store", "rfc7662/2.2/active-boolean"}},
		{ID: "cost", Items: []string{"cost/hash/SHA-256", "cost/sign/ES256", "cost/verify/ES256"}},
		{ID: "load/local/ES256"},
		{ID: "load/local/RS256", Extra: true},
	}
	for _, tt := range []struct {
		prefixes []string
		want     map[string][]string
	}{
		{nil, map[string][]string{"conform": nil, "cost": nil, "load/local/ES256": nil}},
		{[]string{"load"}, map[string][]string{"load/local/ES256": nil, "load/local/RS256": nil}},
		{[]string{"load/local/RS256"}, map[string][]string{"load/local/RS256": nil}},
		{[]string{"cost"}, map[string][]string{"cost": nil}},
		{[]string{"cost/sign"}, map[string][]string{"cost": {"cost/sign/ES256"}}},
		{[]string{"cost/verify", "cost/hash"}, map[string][]string{"cost": {"cost/hash/SHA-256", "cost/verify/ES256"}}},
		{[]string{"cost/sign", "cost"}, map[string][]string{"cost": nil}},
		{[]string{"rfc7662", "load/local/E"}, map[string][]string{"conform": {"rfc7662/2.2/active-boolean"}, "load/local/ES256": nil}},
	} {
		selected, err := Select(all, tt.prefixes)
		if err != nil {
			t.Errorf("%q: %v", tt.prefixes, err)
			continue
		}
		got := map[string][]string{}
		for _, s := range selected {
			got[s.Scenario.ID] = s.Items
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q selects %v, want %v", tt.prefixes, got, tt.want)
		}
	}
}

func TestSelectRefusesWhatSelectsNothing(t *testing.T) {
	t.Parallel()
	all := []Scenario{{ID: "cost", Items: []string{"cost/sign/ES256"}}, {ID: "load/introspect/opaque"}}
	for name, nearest := range map[string]string{
		"cots":                  "cost",
		"cost/sing":             "cost/sign",
		"cost/sign/EdDSA":       "cost/sign/ES256",
		"load/introspec/opaqe":  "load/introspect/opaque",
		"load/introspect/jwt":   "load/introspect/opaque",
		"entirely/another/name": "",
		"":                      "",
	} {
		_, err := Select(all, []string{"cost", name})
		var unknown *UnknownError
		if !errors.As(err, &unknown) || unknown.Name != name || unknown.Nearest != nearest {
			t.Errorf("%q: error %v, want it unknown with the nearest %q", name, err, nearest)
		}
	}
}
