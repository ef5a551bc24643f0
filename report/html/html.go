// Package html writes a report as one file that needs nothing else: styles and
// pictures are inside, there is no script, and nothing is fetched when it is opened.
package html

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/plot"
	"github.com/oauthmark/oauthmark/results"
)

//go:embed page.html
var page string

//go:embed style.css
var css string

// view is what the page shows: the document, and what html/template can't compute.
type view struct {
	report.Document
	CSS     template.CSS
	Figures []figure
}

type figure struct {
	Name string
	SVG  template.HTML
}

// Write renders the document.
func Write(w io.Writer, doc report.Document) error {
	figures, err := plot.Figures(doc)
	if err != nil {
		return err
	}
	return render(w, doc, figures)
}

func render(w io.Writer, doc report.Document, figures []plot.Figure) error {
	v := view{Document: doc, CSS: template.CSS(css)}
	for _, f := range figures {
		// The SVG is of our own drawing, and every name in it was escaped there.
		v.Figures = append(v.Figures, figure{f.Name, template.HTML(inline(f.SVG))})
	}
	t, err := template.New("page").Funcs(template.FuncMap{
		"bad":    func(v results.Verdict) bool { return v > results.Pass },
		"counts": func(f results.Finding) bool { return f.Weight() > results.Pass },
		"last":   func(i int, all []string) bool { return i == len(all)-1 },
		"numeric": func(i int, t report.Table) bool {
			return i < len(t.Columns) && t.Columns[i].Numeric
		},
		"checks": report.ChecksTitle,
	}).Parse(page)
	if err != nil {
		return fmt.Errorf("write html: %w", err)
	}
	var buf bytes.Buffer
	if err := t.Execute(&buf, v); err != nil {
		return fmt.Errorf("write html: %w", err)
	}
	if _, err := buf.WriteTo(w); err != nil {
		return fmt.Errorf("write html: %w", err)
	}
	return nil
}

// inline takes off what comes before the svg element, which a file may have and a
// page may not.
func inline(svg []byte) []byte {
	if i := bytes.Index(svg, []byte("<svg")); i > 0 {
		return svg[i:]
	}
	return svg
}
