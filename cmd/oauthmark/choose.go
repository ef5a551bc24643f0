package main

import (
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/cost"
)

// thorough is the profile that takes its time.
const thorough = "thorough"

// chooseCosts says which operations are meant where the cost scenario is selected as a
// whole: a few where nothing was named; where it was, all but the large
// ones, which the thorough profile has time for, and a name of their own asks for.
func chooseCosts(selected []scenarios.Selection, names []string, p scenarios.Profile) {
	for i, sel := range selected {
		if sel.Scenario.ID != cost.ID || sel.Items != nil {
			continue
		}
		switch usual := cost.Usual(); {
		case len(names) == 0:
			selected[i].Items = cost.Suite()
		case p.Name != thorough:
			selected[i].Items = slices.DeleteFunc(slices.Clone(sel.Scenario.Items), func(item string) bool {
				return !slices.Contains(usual, item) && !slices.ContainsFunc(names, func(name string) bool {
					return strings.HasPrefix(name, cost.ID+"/") && strings.HasPrefix(item, name)
				})
			})
		}
	}
}
