package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
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
	e := &UnknownError{What: what, Name: name, List: list}
	best := max(2, len(name)/3) + 1 // more edits than this, it is no typing error
	for _, k := range known {
		// A prefix of the same depth is compared too, so that "cost/sing" finds "cost/sign".
		for _, candidate := range []string{k, cut(k, strings.Count(name, "/")+1)} {
			if d := levenshtein.ComputeDistance(name, candidate); d < best && d < len(name) {
				best, e.Nearest = d, candidate
			}
		}
	}
	return e
}

// cut returns the first words of a name.
func cut(name string, words int) string {
	parts := strings.Split(name, "/")
	return strings.Join(parts[:min(words, len(parts))], "/")
}

// Selection is a scenario, and which of its items.
type Selection struct {
	Scenario Scenario
	Items    []string // nil for all of them
}

// Select picks scenarios by prefixes of their names or of their items' names, in
// listed order. Without a prefix it is the default suite. A prefix that selects
// nothing is an *UnknownError.
func Select(all []Scenario, prefixes []string) ([]Selection, error) {
	used := make([]bool, len(prefixes))
	var out []Selection
	for _, s := range all {
		if len(prefixes) == 0 {
			if !s.Extra {
				out = append(out, Selection{Scenario: s})
			}
			continue
		}
		whole := false
		var items []string
		for i, p := range prefixes {
			if strings.HasPrefix(s.ID, p) {
				whole, used[i] = true, true
			}
			for _, item := range s.Items {
				if strings.HasPrefix(item, p) {
					used[i] = true
					if !slices.Contains(items, item) {
						items = append(items, item)
					}
				}
			}
		}
		switch {
		case whole:
			out = append(out, Selection{Scenario: s})
		case items != nil:
			slices.SortFunc(items, func(a, b string) int { return slices.Index(s.Items, a) - slices.Index(s.Items, b) })
			out = append(out, Selection{Scenario: s, Items: items})
		}
	}
	for i, p := range prefixes {
		if !used[i] || p == "" {
			return nil, Unknown("scenario", p, "oauthmark list scenarios", names(all))
		}
	}
	return out, nil
}

func names(all []Scenario) []string {
	var out []string
	for _, s := range all {
		out = append(append(out, s.ID), s.Items...)
	}
	return out
}
