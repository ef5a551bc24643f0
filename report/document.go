package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/report/gate"
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// Document is what a report says, before anything decides how it looks. It is made
// once for a record, and every format renders it.
type Document struct {
	Record     results.Run  // as it is
	Run        results.Run  // the record with its text made plain: what is shown is taken from here
	Cells      []stats.Cell // of the load steps, their histograms decoded
	Title      string
	Decision   gate.Decision
	Counts     string   // of steps by verdict, in words
	Lead       []Table  // the strategies side by side, which the answer begins with
	Answer     []string // sentences, the most important first
	Sections   []Section
	Absent     []results.Skip   // what was planned or selected and has no verdict, for formats with a row for each
	Missing    []results.Shared // the same, each reason once
	Warnings   []Caveat
	Provenance []Fact
}

// Table is a table of text.
type Table struct {
	Title   string
	Columns []Column
	Rows    []Row
	Notes   []string // what the marks and units in it mean
	Marked  []bool   // rows that the table is about, such as those on the frontier; may be nil
}

// IsMarked reports whether the table is about that row.
func (t Table) IsMarked(row int) bool { return row < len(t.Marked) && t.Marked[row] }

// Column is the head of a table's column.
type Column struct {
	Name    string
	Numeric bool // aligned to the right
	Wide    bool // left out where there is little room
	Spare   bool // left out where there is less yet, the last first
}

// Row is a row of a table. Its verdict travels with the figures, so that one that
// can't be trusted is never shown without its mark.
type Row struct {
	Cells   []string
	Verdict results.Verdict
}

// Caveat is a warning and what it is about.
type Caveat struct {
	About string // step or operation; empty for the run
	results.Warning
}

// Fact is a line of the provenance.
type Fact struct{ Name, Text string }

// NewDocument says what a run means. The error is that of a histogram which can't be
// decoded.
func NewDocument(record results.Run) (Document, error) {
	run := plainRun(record)
	cells, err := stats.Cells(run)
	if err != nil {
		return Document{}, fmt.Errorf("report on run %s: %w: its record is damaged", run.ID, err)
	}
	absent := results.Absent(run)
	candidates := choose.Candidates(run, cells)
	doc := Document{
		Record:     record,
		Run:        run,
		Cells:      cells,
		Title:      "oauthmark run " + run.ID,
		Decision:   gate.Decide(run),
		Counts:     counts(run),
		Lead:       leadTables(run, cells, candidates),
		Answer:     slices.Concat(withinAnswer(run, candidates), answer(cells), crossoverAnswer(cells), costAnswer(run, cells)),
		Absent:     absent,
		Missing:    results.Share(absent),
		Warnings:   append(caveats(run), undrawn(cells)...),
		Provenance: provenance(run),
	}
	for _, section := range sections {
		if made := section(run, cells); made.Tables != nil || made.Findings != nil {
			doc.Sections = append(doc.Sections, made)
		}
	}
	return doc, nil
}

// counts says how the steps went, and their checks, as in "14 steps: 12 pass, 2
// inconclusive; checks: 24 of 42 pass, 18 not applicable".
func counts(run results.Run) string {
	var n [results.Error + 1]int
	var findings []results.Finding
	again := 0
	for _, s := range run.Steps {
		if s.Superseded {
			again++
			continue
		}
		n[min(s.Verdict, results.Error)]++
		findings = append(findings, s.Findings...)
	}
	out := plural(len(run.Steps)-again, "step")
	sep := ": "
	for v := results.None; v <= results.Error; v++ {
		if n[v] > 0 {
			out += fmt.Sprintf("%s%d %s", sep, n[v], v)
			sep = ", "
		}
	}
	if again > 0 {
		out += fmt.Sprintf("; %d tried again", again)
	}
	if len(findings) > 0 {
		out += "; checks: " + CheckCounts(findings)
	}
	return out
}

// caveats collects the warnings of the run, its steps and their rows.
func caveats(run results.Run) []Caveat {
	var out []Caveat
	told := map[Caveat]bool{}
	add := func(about string, warnings []results.Warning) {
		for _, w := range warnings {
			if c := (Caveat{about, w}); !told[c] {
				told[c] = true
				out = append(out, c)
			}
		}
	}
	add("", run.Warnings)
	for _, s := range run.Steps {
		if s.Superseded {
			continue
		}
		add(s.Step.ID, s.Warnings)
		out = append(out, costCaveats(s.Costs)...)
	}
	return out
}

// MostSpectra is how many loads are drawn: each takes a tenth of a second.
const MostSpectra = 24

// undrawn says of how many loads there is no picture.
func undrawn(cells []stats.Cell) []Caveat {
	all := len(stats.Spectra(cells))
	if all <= MostSpectra {
		return nil
	}
	return []Caveat{{"", results.Warning{Code: "pictures-left-out", Text: fmt.Sprintf("pictures are drawn of the first %d of %d loads; the tables have all", MostSpectra, all)}}}
}

func provenance(run results.Run) []Fact {
	p := run.Provenance
	facts := []Fact{
		{"run", fmt.Sprintf("%s, profile %s, seed %d", run.ID, cmp.Or(run.Plan.Profile, "unnamed"), run.Plan.Seed)},
		{"started", run.Started.UTC().Format(time.RFC3339) + ", took " + run.Finished.Sub(run.Started).Round(100*time.Millisecond).String()},
		{"tool", join(" ", p.Tool, p.Go)},
		{"command", join(" ", append([]string{"oauthmark"}, p.Command...)...)},
		{"machine", join(", ", p.CPU, plural(p.Cores, "logical processor"), join(" ", p.OS, p.Kernel, p.Arch))},
	}
	for _, t := range p.Targets {
		runtime := t.Runtime
		if t.RuntimeReason != "" {
			runtime += " (" + t.RuntimeReason + ")"
		}
		facts = append(facts, Fact{"target " + t.Name, join(", ", t.Version, runtime, t.Issuer)})
		if t.Accepts != "" {
			facts = append(facts, Fact{t.Name + " verifier", "accepts beside RFC 9068: " + t.Accepts})
		}
		if c := t.Caches; c != nil {
			facts = append(facts, Fact{t.Name + " caches", fmt.Sprintf("%v, refusals %v, at most %s tokens", c.TTL, c.NegativeTTL, Count(int64(c.Entries)))})
		}
		for _, s := range t.Services {
			facts = append(facts, Fact{t.Name + " " + s.Name, join(", ", s.Runtime, s.Program, s.Image)})
		}
	}
	facts = append(facts, stores(run)...)
	for _, c := range p.Calibration {
		facts = append(facts, Fact{"calibration", fmt.Sprintf("%s: SHA-256 of 1 KiB %s/ms, ECDSA P-256 signatures %s/ms",
			c.At.UTC().Format(time.TimeOnly), Figure(c.SHA256PerMs), Figure(c.P256PerMs))})
	}
	return facts
}
