package main

import (
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/load"
	"github.com/oauthmark/oauthmark/targets"
)

// usualForms is the word for the forms that a run is about where nobody names any.
const usualForms = "usual"

// formWords are what --form takes, and algorithmWords what --algorithms takes.
func formWords() []string { return excludable(targets.Forms()) }

func algorithmWords() []string {
	return excludable(slices.DeleteFunc(targets.Forms(), func(form string) bool { return form == targets.Opaque }))
}

func excludable(names []string) []string {
	out := append(slices.Clone(names), usualForms, load.AllForms)
	for _, name := range names {
		out = append(out, "-"+name)
	}
	return out
}

// settleForms returns the forms of token that load steps present, none where each scenario
// has its own choice, and those that are excluded.
func (s *settings) settleForms() (forms, without []string, err error) {
	for _, f := range []struct {
		flag         string
		given, known []string
	}{{"form", s.forms, formWords()}, {"algorithms", s.algorithms, algorithmWords()}} {
		for _, word := range f.given {
			if !slices.Contains(f.known, word) {
				return nil, nil, usagef("--%s: %w", f.flag, scenarios.Unknown("form", word, "'oauthmark list forms'", f.known))
			}
		}
	}
	forms, without = scenarios.Excluded(s.forms)
	algorithms, more := scenarios.Excluded(s.algorithms)
	without = append(without, more...)
	for _, form := range without {
		if slices.Contains(forms, form) || slices.Contains(algorithms, form) {
			return nil, nil, usagef("--form %s: is asked for and excluded: leave one out", form)
		}
	}
	switch {
	case len(algorithms) == 0 && !slices.ContainsFunc(forms, func(f string) bool { return f != usualForms }):
		return nil, without, nil
	case len(algorithms) > 0 && len(forms) == 0:
		forms = []string{targets.Opaque} // algorithms say nothing of tokens that aren't signed
	}
	signed := func(form string) bool { return form != targets.Opaque }
	var out []string
	for i, word := range append(forms, algorithms...) {
		switch {
		case word == usualForms && i < len(forms):
			out = append(out, slices.DeleteFunc(targets.Forms(), func(f string) bool { return !targets.Usual(f) })...)
		case word == usualForms:
			out = append(out, slices.DeleteFunc(targets.Forms(), func(f string) bool { return !targets.Usual(f) || !signed(f) })...)
		case word == load.AllForms && i >= len(forms) && slices.Contains(forms, targets.Opaque):
			return []string{load.AllForms}, without, nil // opaque ones and all algorithms
		case word == load.AllForms && i >= len(forms) && !slices.Contains(forms, usualForms) && !slices.Contains(forms, load.AllForms):
			return []string{load.AllForms}, append(without, targets.Opaque), nil
		case word == load.AllForms:
			return []string{load.AllForms}, without, nil
		default:
			out = append(out, word)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return slices.Index(targets.Forms(), a) - slices.Index(targets.Forms(), b) })
	return slices.Compact(out), without, nil
}

// aboutForms is the first flag that says which forms of token are presented, with what was
// given, and "" where none does.
func (s *settings) aboutForms() string {
	for _, f := range []struct {
		flag  string
		given []string
	}{{"form", s.forms}, {"algorithms", s.algorithms}} {
		if len(f.given) > 0 {
			return "--" + f.flag + " " + strings.Join(f.given, ",")
		}
	}
	return ""
}
