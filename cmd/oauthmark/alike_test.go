package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// A run of several rates, populations and reuses: in no format do two of its rows look
// alike, and no two sentences of the answer do.
func TestNoTwoRowsLookAlike(t *testing.T) {
	t.Parallel()
	reference, err := targets.Load("reference")
	if err != nil {
		t.Fatal(err)
	}
	selected, err := scenarios.Select(catalogue(), []string{"load/local", "load/introspect-cached", "cache"})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := scenarios.Make(selected, scenarios.Options{Targets: []targets.Target{reference}, Profile: scenarios.Profiles()[0],
		Rates: []float64{200, 400}, Tokens: []int{10, 100}, Reuse: []float64{0, 1}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	run := results.Run{Schema: results.SchemaVersion, ID: "r", Plan: plan}
	for i, step := range plan.Steps {
		h := results.NewHistogram()
		for n := range 2000 {
			results.Record(h, time.Duration(1000+i*10+n)*time.Microsecond)
		}
		s := results.StepResult{Step: step, Verdict: results.Pass, Figures: []results.Figure{{Name: "found", Value: 7}},
			Series: &results.Series{Planned: 2000, Sent: 2000, Verdicts: results.SampleVerdicts{RightAllow: 2000}, Response: results.EncodeHistogram(h),
				Usage:    []results.Usage{{Component: "verifier", CPUSeconds: float64(1+i) / 10}},
				Counters: []results.Counter{{Name: "introspections", Of: "issuer", PerToken: true, Count: int64(i)}}}}
		if strings.Contains(step.ID, "local") {
			s.Series.Counters[0].Count = 0
		}
		run.Steps = append(run.Steps, s)
	}
	doc, err := report.NewDocument(run)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	once := func(where, what string) {
		if seen[where+what] {
			t.Errorf("%s: twice %s", where, what)
		}
		seen[where+what] = true
	}
	for _, said := range doc.Answer {
		once("answer", said)
		if !strings.Contains(said, "/s (") {
			t.Errorf("answer without a load: %s", said)
		}
	}
	crossed := 0
	for _, s := range doc.Sections {
		for _, table := range s.Tables {
			once("title", table.Title)
			for _, row := range table.Rows {
				once(table.Title, fmt.Sprint(row.Cells[:2]))
			}
			if strings.HasPrefix(table.Title, "Crossover") {
				crossed += len(table.Rows)
			}
		}
	}
	if crossed == 0 {
		t.Error("the report has no crossover")
	}
	for _, f := range formats {
		var out bytes.Buffer
		if err := f.write(&out, doc); err != nil {
			t.Fatal(err)
		}
		switch f.name {
		case "bench":
			for line := range strings.Lines(out.String()) {
				if name, _, ok := strings.Cut(line, " "); ok && strings.HasPrefix(name, "Benchmark") {
					once("bench", name)
				}
			}
		case "hlog":
			for line := range strings.Lines(out.String()) {
				if tag, _, ok := strings.Cut(line, ","); ok && strings.HasPrefix(tag, "Tag=") {
					once("hlog", tag)
				}
			}
		case "csv":
			rows, err := csv.NewReader(&out).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows[1:] {
				var key []string
				for i, name := range rows[0] {
					switch name {
					case "row", "scenario", "target", "strategy", "form", "ttl", "arrivals", "rate", "tokens", "reuse", "repetition":
						key = append(key, row[i])
					}
				}
				if !strings.Contains(strings.Join(key, " "), "floor") || row[0] == "load" {
					once("csv", strings.Join(key, " "))
				}
			}
		}
	}
}
