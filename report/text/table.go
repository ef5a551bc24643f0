package text

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/results"
)

// table writes the columns that fit a terminal, with a rule under the head alone.
func (p *page) table(t report.Table) {
	p.line("")
	p.rows(t)
}

// rows is the table with its title and its notes.
func (p *page) rows(t report.Table) {
	p.line(t.Title)
	out, left, err := fit(t)
	if err != nil {
		p.err = err
		return
	}
	for line := range strings.Lines(out) {
		p.line(strings.TrimRight(line, "\n"))
	}
	for _, note := range t.Notes {
		p.wrap("  ", note)
	}
	if len(left) > 0 {
		p.wrap("  ", "Not shown, for want of room: "+strings.Join(left, ", ")+".")
	}
}

// fit draws the table as wide as a line may be: what is spare is left out as far as need
// be, the last first.
func fit(t report.Table) (out string, left []string, err error) {
	gone := map[int]bool{}
	shown := func(i int) bool { return !t.Columns[i].Wide && !gone[i] }
	out, err = draw(t, 2, shown)
	if widest(out) > Width {
		out, err = draw(t, 1, shown)
	}
	for i := len(t.Columns) - 1; i >= 0 && widest(out) > Width; i-- {
		if t.Columns[i].Spare && shown(i) {
			gone[i], left = true, append([]string{t.Columns[i].Name}, left...)
			out, err = draw(t, 1, shown)
		}
	}
	return out, left, err
}

// draw lays the columns that are shown out with a gap of so many spaces between them.
func draw(t report.Table, gap int, shown func(column int) bool) (string, error) {
	var head []string
	var align []tw.Align
	for i, c := range t.Columns {
		if !shown(i) {
			continue
		}
		head = append(head, mark(c.Name, len(head), results.None, false))
		if c.Numeric {
			align = append(align, tw.AlignRight)
		} else {
			align = append(align, tw.AlignLeft)
		}
	}
	var buf bytes.Buffer
	w := tablewriter.NewTable(&buf,
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithPadding(tw.Padding{Right: strings.Repeat(" ", gap)}),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleASCII),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off},
				Lines:      tw.Lines{ShowTop: tw.Off, ShowBottom: tw.Off, ShowHeaderLine: tw.On},
			},
		})),
	)
	w.Header(head)
	for n, row := range t.Rows {
		var cells []string
		for i := range t.Columns {
			if shown(i) {
				cells = append(cells, mark(row.Cells[i], i, row.Verdict, t.IsMarked(n)))
			}
		}
		if err := w.Append(cells); err != nil {
			return "", err
		}
	}
	if err := w.Render(); err != nil {
		return "", err
	}
	// The last column has its gap too, where there is nothing to part it from.
	var out strings.Builder
	for line := range strings.Lines(buf.String()) {
		line = strings.TrimSuffix(line, "\n")
		out.WriteString(line[:max(len(line)-gap, 0)] + "\n")
	}
	return out.String(), nil
}

func widest(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		n = max(n, utf8.RuneCountInString(line)-1)
	}
	return n
}

// mark leads the first cell of a row whose figures can't be taken at their word, or which
// the table is about.
func mark(cell string, column int, v results.Verdict, marked bool) string {
	if column > 0 {
		return cell
	}
	if v > results.Pass {
		return "! " + cell
	}
	if marked {
		return "* " + cell
	}
	return "  " + cell
}
