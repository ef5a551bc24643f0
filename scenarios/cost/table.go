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

// Suite lists the items of the scenario that a run measures which names nothing.
func Suite() []string { return itemsOf(func(op operation) bool { return !op.extra && !op.large }) }

// Usual lists all items but the large ones, for a run that names the scenario as a whole
// and has no time for them.
func Usual() []string { return itemsOf(func(op operation) bool { return !op.large }) }

func itemsOf(include func(operation) bool) []string {
	var items []string
	for _, op := range table {
		if include(op) {
			items = append(items, ID+"/"+op.name)
		}
	}
	return items
}

// When says when a run measures the item that isn't always measured, in words to be put
// after it; nothing for an item of the suite.
func When(item string) string {
	for _, op := range table {
		switch {
		case ID+"/"+op.name != item:
		case op.large:
			return " (only when named, or in the thorough profile)"
		case op.extra:
			return " (only when it or " + ID + " is named)"
		}
	}
	return ""
}
