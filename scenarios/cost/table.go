package cost

import (
	"cmp"
	"slices"
)

// table is everything that can be measured, by name. A family is one line here.
var table = sorted(
	cacheOperations(),
	encryptOperations(),
	hashOperations(),
	introspectOperations(),
	opensslOperations(),
	parseOperations(),
	sealOperations(),
	secretOperations(),
	signOperations(),
	sizeOperations(),
	storeOperations(),
	verifyOperations(),
)

func sorted(families ...[]operation) []operation {
	all := slices.Concat(families...)
	slices.SortFunc(all, func(a, b operation) int { return cmp.Compare(a.name, b.name) })
	return all
}

// Large lists the items that the scenario as a whole leaves out, unless the profile has
// time for them.
func Large() []string {
	var items []string
	for _, op := range table {
		if op.large {
			items = append(items, ID+"/"+op.name)
		}
	}
	return items
}
