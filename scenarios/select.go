package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/config"
)

// UnknownError says that a name selects nothing, and which name was perhaps meant.
type UnknownError struct {
	What    string // scenario, target, check
	Name    string
	Nearest string // "" when nothing is near
	List    string // the command that lists the names
}

func (e *UnknownError) Error() string {
	if e.Nearest == "" {
		return fmt.Sprintf("unknown %s %q: %s lists them", e.What, e.Name, e.List)
	}
	return fmt.Sprintf("unknown %s %q: did you mean %q? (%s lists them)", e.What, e.Name, e.Nearest, e.List)
}

// Unknown makes the error for a name that isn't among the known ones.
func Unknown(what, name, list string, known []string) *UnknownError {
	return &UnknownError{What: what, Name: name, List: list, Nearest: config.Nearest(name, known)}
}

// Selection is a scenario, and what of it was selected.
type Selection struct {
	Scenario
	Whole bool     // by its own name; it then has a choice of its own
	Parts []string // items by their names, in the order of the scenario
	// Without are items that were excluded from what the scenario chooses.
	Without []string
	// Beside says that nobody selected it: it is there for what others measure to be
	// compared with.
	Beside bool
}

// Select picks scenarios and their items, in listed order. A name selects what is called
// so, and any other prefix all names that begin with it. With a - before it, it excludes
// in the same way. What selects or excludes nothing is an *UnknownError.
func Select(all []Scenario, words []string) ([]Selection, error) {
	prefixes, excluded := Excluded(words)
	known := names(all)
	exact := map[string]bool{}
	for _, p := range words {
		p = strings.TrimPrefix(p, "-")
		exact[p] = slices.Contains(known, p)
	}
	selects := func(prefix, name string) bool {
		return name == prefix || strings.HasPrefix(name, prefix) && !exact[prefix]
	}
	used, with := make([]bool, len(prefixes)), map[string]bool{}
	var out []Selection
	for _, s := range all {
		sel := Selection{Scenario: s}
		for i, p := range prefixes {
			if selects(p, s.Name) {
				sel.Whole, used[i] = true, true
			}
		}
		for _, item := range s.Items {
			for i, p := range prefixes {
				// What selects the scenario says nothing about its parts.
				if selects(p, item) && !strings.HasPrefix(s.Name, p) {
					used[i] = true
					if !slices.Contains(sel.Parts, item) {
						sel.Parts = append(sel.Parts, item)
					}
				}
			}
		}
		if sel.exclude(excluded, selects); sel.Whole || sel.Parts != nil {
			out = append(out, sel)
			for _, name := range s.With {
				with[name] = true
			}
		}
	}
	for _, s := range all {
		if with[s.Name] && !slices.ContainsFunc(out, func(sel Selection) bool { return sel.Name == s.Name }) {
			beside := Selection{Scenario: s, Whole: true, Beside: true}
			if beside.exclude(excluded, selects); beside.Whole {
				out = append(out, beside)
			}
		}
	}
	for i, p := range prefixes {
		if !used[i] || p == "" {
			return nil, Unknown("scenario", p, "oauthmark list scenarios", known)
		}
	}
	for _, p := range excluded {
		if p == "" || !slices.ContainsFunc(known, func(name string) bool { return selects(p, name) }) {
			return nil, Unknown("scenario", p, "oauthmark list scenarios", known)
		}
	}
	return out, nil
}

// Excluded tells words that select from those that exclude, which it returns without
// their -.
func Excluded(words []string) (selected, excluded []string) {
	for _, w := range words {
		if name, ok := strings.CutPrefix(w, "-"); ok {
			excluded = append(excluded, name)
		} else {
			selected = append(selected, w)
		}
	}
	return selected, excluded
}

// exclude takes from the selection what the words exclude.
func (sel *Selection) exclude(words []string, selects func(prefix, name string) bool) {
	for _, word := range words {
		if selects(word, sel.Name) {
			sel.Whole, sel.Parts = false, nil
		}
		for _, item := range sel.Items {
			if selects(word, item) && !slices.Contains(sel.Without, item) {
				sel.Without = append(sel.Without, item)
			}
		}
	}
	sel.Parts = slices.DeleteFunc(sel.Parts, func(item string) bool { return slices.Contains(sel.Without, item) })
	if len(sel.Parts) == 0 {
		sel.Parts = nil
	}
	if len(sel.Items) > 0 && len(sel.Without) == len(sel.Items) {
		sel.Whole = false
	}
}

func names(all []Scenario) []string {
	var out []string
	for _, s := range all {
		out = append(append(out, s.Name), s.Items...)
	}
	return out
}
