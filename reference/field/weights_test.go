package field

import (
	"maps"
	"testing"
)

func TestWeights(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]map[string]float64{
		"":                                      {},
		"text/html":                             {"text/html": 1},
		"Text/HTML;q=0.3, */*;Q=0.1":            {"text/html": 0.3, "*/*": 0.1},
		"a/b; q=0, a/*":                         {"a/b": 0, "a/*": 1},
		"a/b;x=\"1,c/d;q=1\";q=0.5;;, e/f; ;":   {"a/b": 0.5, "e/f": 1},
		"a/b;q=x, c/d;q=2, e/f;q=-1, g/h;q=NaN": {"a/b": 0, "c/d": 0, "e/f": 0, "g/h": 0},
		"a/b;q, c/d;q=, e f, gzip;q=1.000, *":   {"gzip": 1, "*": 1},
		"a/b;q=0.2, a/b;q=0.9":                  {"a/b": 0.2},
		",, ,":                                  {},
	} {
		if got := Weights([]string{line}); !maps.Equal(got, want) {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
	if got := Weight(Weights([]string{"a/*;q=0.4", "a/b;q=0.2"}), "a/b", "a/*", "*/*"); got != 0.2 {
		t.Errorf("the most specific range: %g", got)
	}
}
