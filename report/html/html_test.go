package html

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/report/plot"
	"github.com/oauthmark/oauthmark/results"
)

var keep = flag.String("keep", "", "write the report of the sample to this file, to look at it")

func write(t *testing.T, run results.Run) string { return string(golden.Render(t, Write, run)) }

// The pictures are plot's own matter; a stand-in keeps the golden file readable.
func TestGolden(t *testing.T) {
	var got bytes.Buffer
	if err := render(&got, golden.Document(t, golden.Sample(t)), []plot.Figure{{Name: "stand-in", SVG: []byte("<?xml version=\"1.0\"?>\n<svg/>")}}); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "report.html", got.Bytes())
	got.Reset()
	if err := render(&got, golden.Document(t, golden.Asked(t)), nil); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "strategies.html", got.Bytes())
}

// elements walks the page's tags.
func elements(t *testing.T, page string, visit func(xml.StartElement)) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict = false
	d.AutoClose, d.Entity = xml.HTMLAutoClose, xml.HTMLEntity
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok {
			visit(e)
		}
	}
}

// The page is whole by itself: it holds the pictures, and asks for nothing.
func TestOfflineAndWhole(t *testing.T) {
	t.Parallel()
	page := write(t, golden.Sample(t))
	if *keep != "" {
		if err := os.WriteFile(*keep, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	pictures := 0
	elements(t, page, func(e xml.StartElement) {
		switch e.Name.Local {
		case "svg":
			pictures++
		case "script", "link", "img", "iframe", "object", "embed", "image", "form", "base":
			t.Errorf("the page has an element %s", e.Name.Local)
		}
		for _, a := range e.Attr {
			if name := a.Name.Local; name == "src" || name == "href" || strings.HasPrefix(name, "on") {
				t.Errorf("%s has an attribute %s=%q", e.Name.Local, name, a.Value)
			}
		}
	})
	if pictures != 4 {
		t.Errorf("%d pictures, want a spectrum of each scenario, the costs and the sizes", pictures)
	}
	if strings.Contains(css, "url(") || strings.Contains(css, "@import") {
		t.Error("the styles refer to something outside the page")
	}
}

// What a server said is text, wherever it shows up.
func TestHostileText(t *testing.T) {
	t.Parallel()
	const hostile = `"'><forged onload=alert(1)></style></title></svg><script>alert(1)</script><img src=x>{{.}}`
	run := golden.Sample(t)
	run.ID, run.Provenance.CPU, run.Provenance.Command = hostile, hostile, []string{hostile}
	run.Warnings = append(run.Warnings, results.Warning{Code: hostile, Text: hostile})
	run.Skipped = append(run.Skipped, results.Skip{ID: hostile, Target: hostile, Kind: hostile, Reason: hostile})
	for i := range run.Provenance.Targets {
		run.Provenance.Targets[i].Version, run.Provenance.Targets[i].Issuer = hostile, hostile
	}
	for i := range run.Steps {
		s := &run.Steps[i]
		s.Reason, s.Step.ID, s.Step.Scenario = hostile, hostile, hostile
		if s.Series != nil {
			s.Step.Target, s.Step.Axes = hostile, []results.Axis{{Name: hostile, Value: hostile, Class: hostile}}
			s.Series.Verdicts.WrongAllow, s.Series.Verdicts.First = 1, hostile
		}
		for j := range s.Figures {
			s.Figures[j].Name, s.Figures[j].Unit = hostile, hostile
		}
		for j := range s.Costs {
			s.Costs[j].Operation += hostile
		}
		for j := range s.Findings {
			f := &s.Findings[j]
			f.Check, f.Title, f.Target, f.Reason, f.Observed = hostile, hostile, hostile, hostile, hostile
			f.Expected, f.Evidence = []string{hostile}, []string{hostile}
			f.Requirements = []results.Requirement{{ID: hostile, Document: hostile, Section: hostile, Level: results.Must, Text: hostile}}
			f.Accepted = &results.Expectation{Comment: hostile, Link: "javascript:alert(1)"}
		}
	}
	elements(t, write(t, run), func(e xml.StartElement) {
		switch e.Name.Local {
		case "forged", "script", "img":
			t.Errorf("a server's text became an element %s", e.Name.Local)
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
				t.Errorf("a server's text became an attribute %s", a.Name.Local)
			}
		}
	})
}

func TestEmptyRun(t *testing.T) {
	t.Parallel()
	page := write(t, results.Run{})
	for _, want := range []string{"inconclusive", "nothing was measured", "Provenance"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the page of an empty run", want)
		}
	}
}
