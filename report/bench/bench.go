// Package bench writes a record in the Go benchmark format, for benchstat and its
// kin: one line for each repetition of a load step and, of an operation's cost, one for
// each epoch of its measurement, so that benchstat has samples for an interval.
//
// The name of a line says what was measured; that of a step which didn't pass also
// says its verdict, so that no tool averages it with sound ones. For a load step
// ns/op is the mean response time, for an operation the mean of the epoch. What has no
// figure has no line that a tool reads, and is listed in comments at the end.
package bench

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// Write renders the document's record.
func Write(w io.Writer, doc report.Document) error {
	run := doc.Run
	out := bufio.NewWriter(w)
	// A comment, not configuration: benchstat compares what has one configuration, and
	// would set no run beside another.
	fmt.Fprintln(out, strings.TrimSpace("# oauthmark "+run.ID+" "+run.Provenance.Tool))
	for _, c := range []struct{ key, value string }{
		{"goos", run.Provenance.OS}, {"goarch", run.Provenance.Arch}, {"cpu", run.Provenance.CPU},
	} {
		if value := strings.TrimSpace(c.value); value != "" {
			fmt.Fprintf(out, "%s: %s\n", c.key, value)
		}
	}
	exact, traits := false, stats.Traits(run)
	for _, s := range run.Steps {
		if s.Step.Kind != results.KindCost {
			step(out, s, traits)
		}
		for _, c := range s.Costs {
			if _, other := report.AnotherProgram(c); other {
				continue
			}
			if c.Untimed && !exact {
				// A size is counted, not measured: one figure says all.
				fmt.Fprintln(out, "Unit size-bytes assume=exact")
				exact = true
			}
			cost(out, s, c)
		}
	}
	for _, s := range run.Steps {
		for _, c := range s.Costs {
			if text, ok := report.AnotherProgram(c); ok {
				fmt.Fprintf(out, "# %s\n", c.Operation+": "+text)
			}
			if center, _, _ := c.Figure(); !c.Untimed && center <= 0 && len(c.Epochs) == 0 {
				fmt.Fprintf(out, "# no figure: %s\n", c.Operation)
			}
		}
		if s.Superseded {
			fmt.Fprintf(out, "# tried again: %s\n", s.Step.ID+": "+s.Reason)
		} else if s.Loaded() && (s.Series == nil || s.Series.Response.Count == 0) {
			fmt.Fprintf(out, "# no figure: %s\n", s.Step.ID+", "+s.Verdict.String()+": "+s.Reason)
		}
	}
	for _, s := range doc.Missing {
		fmt.Fprintf(out, "# %s: %s\n", s.Why(), s.Who())
	}
	// A bufio.Writer keeps the first error for Flush.
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write benchmark format: %w", err)
	}
	return nil
}

// step writes what a step measured and the figures that it found, in one line.
func step(w io.Writer, s results.StepResult, traits func(*results.Offered) []stats.Trait) {
	var metrics strings.Builder
	n := int64(1)
	if s.Series != nil && s.Series.Response.Count > 0 { // the format has no line for "not measured"
		n = s.Series.Response.Count
		load(&metrics, s.Series)
	}
	for _, f := range s.Figures {
		fmt.Fprintf(&metrics, " %s %s", number(f.Value), word(strings.Join(strings.Fields(f.Name+" "+f.Unit), "-")))
	}
	if metrics.Len() == 0 || s.Superseded {
		return
	}
	family, _, _ := strings.Cut(s.Step.Scenario, "/")
	name := "Benchmark" + strings.ToUpper(family[:min(1, len(family))]) + word(family[min(1, len(family)):])
	for _, a := range s.Step.Axes {
		name += part(word(a.Name), a.Value)
	}
	// The rate comes last, and always: a target's name may end in a hyphen and a
	// number, which there would be read as GOMAXPROCS.
	name += part("target", s.Step.Target)
	for _, t := range traits(s.Step.Load) {
		name += part(t.Name, t.Value)
	}
	rate := 0.0
	if s.Step.Load != nil {
		name, rate = name+part("arrivals", string(s.Step.Load.Arrivals)), s.Step.Load.Rate
	}
	fmt.Fprintf(w, "%s %d%s\n", name+part("rate", number(rate))+verdict(s.Verdict), n, metrics.String())
}

func load(w io.Writer, s *results.Series) {
	h := s.Response
	fmt.Fprintf(w, " %s ns/op %d p50-ns %d p90-ns %d p99-ns %d p99.9-ns %d max-ns %s req/s",
		number(h.Mean), h.P50, h.P90, h.P99, h.P999, h.Max, number(s.Throughput))
	if s.Sent == 0 {
		return
	}
	for _, u := range s.Usage {
		fmt.Fprintf(w, " %s %s-cpu-ns/op", number(u.CPUSeconds*1e9/float64(s.Sent)), word(u.Component))
	}
	if _, calls, ok := s.Calls("issuer"); ok {
		fmt.Fprintf(w, " %s issuer-calls/op", number(float64(calls)/float64(s.Sent)))
	}
}

func cost(w io.Writer, s results.StepResult, c results.Cost) {
	// A slash would split the operation into parts, and a number after a last
	// hyphen would be read as GOMAXPROCS: so colons, and the size behind it.
	name := "BenchmarkCost" + part("operation", strings.ReplaceAll(c.Operation, "/", ":"))
	if c.Untimed {
		fmt.Fprintf(w, "%s 1 %d size-bytes\n", name+part("counted", "bytes")+verdict(s.Verdict), c.Bytes)
		return
	}
	name += part("bytes", strconv.Itoa(c.Bytes)) + verdict(s.Verdict)
	center, _, _ := c.Figure()
	epochs := c.Epochs
	if len(epochs) == 0 && center > 0 {
		epochs = []float64{center}
	}
	for _, ns := range epochs {
		fmt.Fprintf(w, "%s %d %s ns/op %s B/op %s allocs/op\n", name, max(1, c.Batches*c.BatchSize/len(epochs)),
			number(ns), number(c.AllocB), number(c.Allocs))
	}
}

// part is one key and value of a name; an empty value is left out.
func part(key, value string) string {
	if value == "" {
		return ""
	}
	return "/" + key + "=" + word(value)
}

func verdict(v results.Verdict) string {
	if v == results.Pass {
		return ""
	}
	return part("verdict", v.String())
}

// word makes s one part of a name: spaces and slashes have a meaning there.
func word(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '/' || unicode.IsSpace(r) {
			return '_'
		}
		return r
	}, s)
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
