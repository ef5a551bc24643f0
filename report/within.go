package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/results"
)

// withinAnswer answers the question for strategies that stay within bounds: those that do,
// the one that costs the servers least first, and of each other one which bound it misses
// and by how much.
func withinAnswer(run results.Run, all []choose.Candidate) []string {
	if len(run.Plan.Within) == 0 {
		return nil
	}
	what := choose.Text(run.Plan.Within)
	if len(all) == 0 {
		return []string{fmt.Sprintf("Nothing in this run can tell what stays within %s: no strategy was put under a planned load.", what)}
	}
	var out []string
	for _, group := range choose.ByLoad(all) {
		out = append(out, withinOne(what, choose.Within(run.Plan.Within, group))...)
	}
	return out
}

// withinOne answers it for the strategies of one load.
func withinOne(what string, answers []choose.Answer) []string {
	var met, order []string
	rest := map[string][]string{} // the names, by what there is to say of them
	for _, a := range answers {
		if a.Standing == choose.Meets {
			met = append(met, a.Cell.Name()+bracketed(a, len(met) == 0))
			continue
		}
		text := verdictOf(a)
		if rest[text] == nil {
			order = append(order, text)
		}
		rest[text] = append(rest[text], a.Cell.Name())
	}
	first := fmt.Sprintf("On %s, within %s: ", Load(answers[0].Cell), what)
	switch {
	case len(met) == 0 && choose.Verdict(answers) == results.Fail:
		first += "none of the strategies that were measured."
	case len(met) == 0:
		first += "no strategy is known to be."
	case len(met) == 1:
		first += met[0] + " alone"
		if slices.ContainsFunc(answers, func(a choose.Answer) bool { return a.Standing == choose.Unsure || a.Standing == choose.Unknown }) {
			first += " is known to be"
		}
		first += "."
	case !answers[0].Figure(choose.CPU).Known:
		first += list(met) + ", and which costs the servers least isn't known."
	default:
		first += met[0] + " takes the least server CPU, then come " + list(met[1:]) + "."
	}
	out := []string{first}
	for _, text := range order {
		said := text
		if len(rest[text]) > 1 {
			said = strings.Replace(said, "misses ", "miss ", 1)
		}
		out = append(out, list(rest[text])+": "+said+".")
	}
	return out
}

// bracketed has the cost of a strategy that meets the bounds, and the figures by which it
// does where there is room.
func bracketed(a choose.Answer, room bool) string {
	var parts []string
	if f := a.Figure(choose.CPU); f.Known {
		parts = append(parts, amount(choose.CPU, f.Value))
	} else {
		parts = append(parts, "CPU unknown")
	}
	for _, p := range a.Parts {
		if room && p.Bound.Figure != choose.CPU {
			parts = append(parts, figureName(p.Bound.Figure)+" "+valueOf(p))
		}
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// verdictOf says which bounds a strategy misses and by how much, then those of which it
// isn't sure, then those of which it isn't known.
func verdictOf(a choose.Answer) string {
	said := map[choose.Standing][]string{}
	var order []string
	unknown := map[string][]string{} // the figures, by what is known of them
	for _, p := range a.Parts {
		name := figureName(p.Bound.Figure)
		switch p.Standing {
		case choose.Misses:
			said[p.Standing] = append(said[p.Standing], fmt.Sprintf("%s by %s (%s)", name, amount(p.Bound.Figure, p.Above()), valueOf(p)))
		case choose.Unsure:
			said[p.Standing] = append(said[p.Standing], fmt.Sprintf("%s within chance (%s, from %s to %s)", name, amount(p.Bound.Figure, p.Value),
				amount(p.Bound.Figure, p.Low), amount(p.Bound.Figure, p.High)))
		case choose.Unknown:
			why := valueOf(p)
			if unknown[why] == nil {
				order = append(order, why)
			}
			unknown[why] = append(unknown[why], name)
		}
	}
	for _, why := range order {
		said[choose.Unknown] = append(said[choose.Unknown], fmt.Sprintf("%s unknown (%s)", list(unknown[why]), why))
	}
	var out []string
	if why := a.Failed(); why != "" {
		out = append(out, why)
	}
	if parts := said[choose.Misses]; parts != nil {
		out = append(out, "misses "+list(parts))
	}
	if parts := slices.Concat(said[choose.Unsure], said[choose.Unknown]); parts != nil {
		out = append(out, strings.Join(parts, ", "))
	}
	return strings.Join(out, "; ")
}

// valueOf is what is known of a figure: where it isn't known, why, and what was declared or
// seen all the same.
func valueOf(p choose.Part) string {
	if p.Known {
		text := amount(p.Bound.Figure, p.Value)
		if p.Kept {
			text += " declared"
		}
		return text
	}
	text := p.Why
	if p.AtLeast > 0 {
		text += ", at least " + amount(p.Bound.Figure, p.AtLeast)
	}
	if p.Declared != nil {
		text += ", declared " + amount(choose.Staleness, *p.Declared)
	}
	return text
}

func figureName(name string) string { return strings.ReplaceAll(name, "-", " ") }
