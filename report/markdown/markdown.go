// Package markdown writes a report as a summary for a pull request or a job's page:
// verdict, answer, the cells side by side, and all that isn't right. What is long,
// single steps and evidence, is left to the other formats.
package markdown

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/results"
)

// Write renders the document.
func Write(w io.Writer, doc report.Document) error {
	var buf bytes.Buffer
	render(&buf, doc)
	if _, err := buf.WriteTo(w); err != nil {
		return fmt.Errorf("write markdown: %w", err)
	}
	return nil
}

func render(w *bytes.Buffer, doc report.Document) {
	fmt.Fprintf(w, "# %s\n\n**%s** (%s)\n", escape(doc.Title), doc.Decision.Verdict, escape(doc.Counts))
	list(w, "", doc.Decision.Reasons)
	answer(w, doc)
	for _, s := range doc.Sections {
		if s.Detail {
			continue
		}
		for _, t := range s.Tables {
			table(w, t)
		}
		findings(w, s.Findings)
	}
	var missing, warnings []string
	for _, s := range doc.Missing {
		missing = append(missing, s.Why()+": "+s.Who())
	}
	list(w, "Without a verdict", missing)
	for _, c := range doc.Warnings {
		warnings = append(warnings, strings.TrimPrefix(c.About+": ", ": ")+fmt.Sprintf("%s (%s)", c.Text, c.Code))
	}
	list(w, "Warnings", warnings)
	var facts []string
	for _, f := range doc.Provenance {
		facts = append(facts, f.Name+": "+f.Text)
	}
	list(w, "Provenance", facts)
}

// answer has the strategies side by side first, and then what there is to say in words.
func answer(w *bytes.Buffer, doc report.Document) {
	if len(doc.Lead) == 0 {
		list(w, "Answer", doc.Answer)
		return
	}
	fmt.Fprint(w, "\n## Answer\n")
	for _, t := range doc.Lead {
		fmt.Fprintf(w, "\n### %s\n\n", escape(t.Title))
		rows(w, t)
	}
	list(w, "", doc.Answer)
}

func list(w *bytes.Buffer, title string, items []string) {
	if len(items) == 0 {
		return
	}
	if title != "" {
		fmt.Fprintf(w, "\n## %s\n", escape(title))
	}
	fmt.Fprintln(w)
	for _, item := range items {
		fmt.Fprintf(w, "- %s\n", escape(item))
	}
}

func table(w *bytes.Buffer, t report.Table) {
	fmt.Fprintf(w, "\n## %s\n\n", escape(t.Title))
	rows(w, t)
}

// rows is a table without its title.
func rows(w *bytes.Buffer, t report.Table) {
	fmt.Fprint(w, "|")
	for _, c := range t.Columns {
		fmt.Fprintf(w, " %s |", escape(c.Name))
	}
	fmt.Fprint(w, "\n|")
	for _, c := range t.Columns {
		if c.Numeric {
			fmt.Fprint(w, " ---: |")
		} else {
			fmt.Fprint(w, " --- |")
		}
	}
	fmt.Fprintln(w)
	for n, row := range t.Rows {
		fmt.Fprint(w, "|")
		for i, cell := range row.Cells {
			text := escape(cell)
			if row.Verdict > results.Pass && (i == 0 || i == len(row.Cells)-1) {
				text = "**" + text + "**"
			} else if i == 0 && t.IsMarked(n) {
				text = "\\* **" + text + "**"
			}
			fmt.Fprintf(w, " %s |", text)
		}
		fmt.Fprintln(w)
	}
	for _, note := range t.Notes {
		fmt.Fprintf(w, "\n%s\n", escape(note))
	}
}

// findings lists what isn't a pass, one row each; what passed is a number.
func findings(w *bytes.Buffer, all []results.Finding) {
	if len(all) == 0 {
		return
	}
	t := report.Table{Columns: []report.Column{{Name: "check"}, {Name: "target"}, {Name: "level"}, {Name: "verdict"}, {Name: "observed"}}}
	for _, f := range all {
		if f.Verdict <= results.Pass {
			continue // what has none is listed with all that has none
		}
		verdict := f.Verdict.String()
		switch {
		case f.Accepted != nil && f.Weight() == results.Pass:
			verdict += ", accepted: " + f.Accepted.Comment
		case f.Weight() == results.Pass:
			verdict += ", doesn't count"
		}
		t.Rows = append(t.Rows, report.Row{Cells: []string{f.Check, f.Target, string(f.Level()), verdict, cmp.Or(f.Reason, f.Observed, f.Title)}})
	}
	t.Title = report.ChecksTitle(all)
	if len(t.Rows) == 0 {
		fmt.Fprintf(w, "\n## %s\n", t.Title)
		return
	}
	table(w, t)
}

// escape keeps text on its line and without effect: neither Markdown nor HTML, nor a
// word to somebody whose name stands behind an @.
func escape(s string) string {
	var b strings.Builder
	before := ' '
	for _, r := range strings.Join(strings.Fields(s), " ") {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@' && !unicode.IsLetter(before) && !unicode.IsDigit(before):
			b.WriteString("@&#8203;") // no name follows at once: a space without width does
		case strings.ContainsRune("\\`*_[]|#~!>", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		before = r
	}
	return b.String()
}
