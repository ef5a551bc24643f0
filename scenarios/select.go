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
	// Beside says that nobody selected it: it is there for what others measure to be
	// compared with.
	Beside bool
}

// Select picks scenarios and their items, in listed order. A name selects what is called
// so, and any other prefix all names that begin with it. What selects nothing is an
// *UnknownError.
func Select(all []Scenario, prefixes []string) ([]Selection, error) {
	known := names(all)
	exact := map[string]bool{}
	for _, p := range prefixes {
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
		if sel.Whole || sel.Parts != nil {
			out = append(out, sel)
			for _, name := range s.With {
				with[name] = true
			}
		}
	}
	for _, s := range all {
		if with[s.Name] && !slices.ContainsFunc(out, func(sel Selection) bool { return sel.Name == s.Name }) {
			out = append(out, Selection{Scenario: s, Whole: true, Beside: true})
		}
	}
	for i, p := range prefixes {
		if !used[i] || p == "" {
			return nil, Unknown("scenario", p, "oauthmark list scenarios", known)
		}
	}
	return out, nil
}

func names(all []Scenario) []string {
	var out []string
	for _, s := range all {
		out = append(append(out, s.Name), s.Items...)
	}
	return out
}
