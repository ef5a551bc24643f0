package stats

import (
	"slices"
	"testing"
)

// Times come in their own order, and other values in that of their letters.
func TestValuesInOrder(t *testing.T) {
	t.Parallel()
	got := []string{"20ms", "5ms", "0ms", "1s", "1ms"}
	slices.SortFunc(got, compareValues)
	if want := []string{"0ms", "1ms", "5ms", "20ms", "1s"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	got = []string{"local", "5ms", "introspect"}
	slices.SortFunc(got, compareValues)
	if want := []string{"5ms", "introspect", "local"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
