package choose

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/results"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		given []string
		want  []results.Bound
		text  string // as they are written again
		wrong string // in the error
	}{
		{nil, nil, "", ""},
		{[]string{"p99=20ms", " staleness=60s", "issuer-calls=50"},
			[]results.Bound{{Figure: P99, Most: 0.02, Unit: "s"}, {Figure: Staleness, Most: 60, Unit: "s"}, {Figure: IssuerCalls, Most: 50}}, "p99=20ms, staleness=60s, issuer-calls=50", ""},
		{[]string{"p99.9=1m", "cpu=0.3ms", "p50=250us"}, []results.Bound{{Figure: P999, Most: 60, Unit: "s"}, {Figure: CPU, Most: 300, Unit: "us"}, {Figure: P50, Most: 250e-6, Unit: "s"}},
			"p99.9=60s, cpu=300us, p50=250us", ""},
		{[]string{"staleness=0", "issuer-calls=0"}, []results.Bound{{Figure: Staleness, Unit: "s"}, {Figure: IssuerCalls}}, "staleness=0s, issuer-calls=0", ""},
		{[]string{"p98=20ms"}, nil, "", `no figure is called "p98": use p50, p99`},
		{[]string{""}, nil, "", "no figure is called"},
		{[]string{"p99"}, nil, "", "has no bound: give it one, as in p99=20ms"},
		{[]string{"p99="}, nil, "", "has no bound"},
		{[]string{"p99=20"}, nil, "", "must be a time from 0 with its unit"},
		{[]string{"p99=-1ms"}, nil, "", "must be a time from 0"},
		{[]string{"p99=0s"}, nil, "", "must be above 0"},
		{[]string{"cpu=300"}, nil, "", "as in cpu=300us"},
		{[]string{"issuer-calls=5ms"}, nil, "", "must be a number from 0"},
		{[]string{"issuer-calls=NaN"}, nil, "", "must be a number"},
		{[]string{"issuer-calls=inf"}, nil, "", "must be a number"},
		{[]string{"issuer-calls=-1"}, nil, "", "must be a number"},
		{[]string{"p99=20ms", "p99=30ms"}, nil, "", "bounded twice"},
	} {
		got, err := Parse(c.given)
		if c.wrong != "" {
			var bound *BoundError
			if !errors.As(err, &bound) || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%q: error %v, want %q", c.given, err, c.wrong)
			}
			continue
		}
		if err != nil || !slices.Equal(got, c.want) || Text(got) != c.text {
			t.Errorf("%q: %+v %q, %v, want %+v %q", c.given, got, Text(got), err, c.want, c.text)
		}
	}
}

// Every figure that can be bounded has an example that parses.
func TestEveryFigureHasAnExample(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		if got, err := Parse([]string{examples[name]}); err != nil || len(got) != 1 || got[0].Figure != name || got[0].Most <= 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
