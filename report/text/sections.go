package text

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/results"
)

func (p *page) verdict(doc report.Document) {
	p.wrap("verdict: ", fmt.Sprintf("%s (%s)", doc.Decision.Verdict, doc.Counts))
	for _, reason := range doc.Decision.Reasons {
		p.wrap("  - ", reason)
	}
}

// findings tells all about what isn't right, and of what is right the name.
func (p *page) findings(all []results.Finding) {
	if len(all) == 0 {
		return
	}
	var passed []string
	for _, f := range all {
		if f.Verdict == results.Pass {
			passed = append(passed, f.Check)
		}
	}
	p.head(report.ChecksTitle(all))
	for _, f := range all {
		if f.Verdict > results.Pass {
			p.finding(f)
		}
	}
	if len(passed) > 0 {
		p.wrap("  pass: ", strings.Join(passed, ", "))
	}
}

func (p *page) finding(f results.Finding) {
	state := f.Verdict.String()
	if f.Verdict > results.Pass && f.Weight() == results.Pass {
		state += ", doesn't count"
	}
	p.wrap("! ", fmt.Sprintf("%s %s@%s (%s): %s", cmp.Or(string(f.Level()), "no level"), f.Check, f.Target, state, f.Title))
	for _, r := range f.Requirements {
		p.wrap("    asked by ", fmt.Sprintf("%s, %s section %s", r.ID, r.Document, r.Section))
	}
	if len(f.Expected) > 0 {
		p.wrap("    expected ", strings.Join(f.Expected, " or "))
	}
	if f.Observed != "" {
		p.wrap("    observed ", f.Observed)
	}
	if f.Reason != "" {
		p.wrap("    because  ", f.Reason)
	}
	if f.Accepted != nil {
		p.wrap("    accepted ", strings.TrimSpace(f.Accepted.Comment+" "+f.Accepted.Link))
	}
}

func (p *page) missing(all []results.Shared) {
	if len(all) == 0 {
		return
	}
	p.head("Without a verdict")
	for _, s := range all {
		p.wrap("  ", s.Why())
		p.wrap("    ", s.Who())
	}
}

func (p *page) warnings(all []report.Caveat) {
	if len(all) == 0 {
		return
	}
	p.head("Warnings")
	for _, c := range all {
		p.wrap("  ", strings.TrimPrefix(c.About+": ", ": ")+fmt.Sprintf("%s (%s)", c.Text, c.Code))
	}
}

func (p *page) provenance(facts []report.Fact) {
	p.head("Provenance")
	width := 0
	for _, f := range facts {
		width = max(width, len(f.Name))
	}
	for _, f := range facts {
		p.wrap(fmt.Sprintf("  %-*s  ", width, f.Name), f.Text)
	}
}
