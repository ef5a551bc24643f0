package scenarios

import (
	"testing"
	"time"
)

func TestParseLevel(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Level{
		"":             {"p99", 0.99, 100 * time.Millisecond},
		"p99=20ms":     {"p99", 0.99, 20 * time.Millisecond},
		"p99.9=1.5s":   {"p99.9", 0.999, 1500 * time.Millisecond},
		"p50=800us":    {"p50", 0.5, 800 * time.Microsecond},
		"p99":          {},
		"p99=":         {},
		"p99=0":        {},
		"p99=-1s":      {},
		"p98=20ms":     {},
		"20ms":         {},
		"p99=20ms,p50": {},
	} {
		got, err := ParseLevel(text)
		if got != want || (err == nil) != (want != Level{}) {
			t.Errorf("%q is %+v, %v; want %+v", text, got, err, want)
		}
		if again, err := ParseLevel(got.String()); want != (Level{}) && (err != nil || again != want) {
			t.Errorf("%q is written as %q", text, got)
		}
	}
}
