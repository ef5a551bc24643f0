package fault_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/fault"
)

// What a fault does, and that it does nothing else, is tested with the checks that have
// to find it.
func TestAll(t *testing.T) {
	t.Parallel()
	all := fault.All()
	if !slices.IsSortedFunc(all, func(a, b fault.Fault) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("not sorted by name")
	}
	names, broken := map[string]bool{}, map[string]bool{}
	for _, f := range all {
		if f.Name == "" || f.Title == "" || f.Requirement == "" {
			t.Errorf("%+v: incomplete", f)
		}
		if names[f.Name] || broken[f.Requirement] {
			t.Errorf("%s: the name, or the requirement, occurs twice", f.Name)
		}
		names[f.Name], broken[f.Requirement] = true, true
		if _, err := fault.Wrap(f.Name, nil); err != nil {
			t.Errorf("%s is listed and can't be had: %v", f.Name, err)
		}
	}
	if _, err := fault.Wrap("no-such-fault", nil); err == nil || !strings.Contains(err.Error(), "no-such-fault") {
		t.Errorf("unknown fault: %v", err)
	}
}
