// Package text writes a report for a terminal: plain characters, no colour, at most
// [Width] columns wide. It is the only user of tablewriter.
package text

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/oauthmark/oauthmark/report"
)

// Width is the widest line, in columns, unless a single word is wider.
const Width = 100

// Write renders the document. The error is that of the writer.
func Write(w io.Writer, doc report.Document) error {
	p := &page{w: bufio.NewWriter(w)}
	p.line(doc.Title)
	p.verdict(doc)
	if len(doc.Answer)+len(doc.Lead) > 0 {
		p.head("Answer")
		for i, t := range doc.Lead {
			if i > 0 {
				p.line("")
			}
			p.rows(t)
		}
		if len(doc.Lead) > 0 && len(doc.Answer) > 0 {
			p.line("")
		}
		for _, sentence := range doc.Answer {
			p.wrap("", sentence)
		}
	}
	for _, section := range doc.Sections {
		for _, t := range section.Tables {
			p.table(t)
		}
		p.findings(section.Findings)
	}
	p.missing(doc.Missing)
	p.warnings(doc.Warnings)
	p.provenance(doc.Provenance)
	if p.err != nil {
		return fmt.Errorf("write text report: %w", p.err)
	}
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write text report: %w", err)
	}
	return nil
}

// page remembers the first error, so that the sections needn't.
type page struct {
	w   *bufio.Writer
	err error
}

func (p *page) line(s string) {
	if p.err == nil {
		_, p.err = p.w.WriteString(strings.TrimRight(s, " ") + "\n")
	}
}

func (p *page) head(title string) {
	p.line("")
	p.line(title)
}

// wrap writes words after a prefix, and lines that continue below the first word.
func (p *page) wrap(prefix, words string) {
	indent := strings.Repeat(" ", len(prefix))
	row := prefix
	for i, word := range strings.Fields(words) {
		if i > 0 && len([]rune(row))+1+len([]rune(word)) > Width {
			p.line(row)
			row, i = indent, 0
		}
		if i > 0 {
			row += " "
		}
		row += word
	}
	p.line(row)
}
