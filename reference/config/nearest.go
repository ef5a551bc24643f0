package config

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest returns the known name that takes the fewest edits from word, the first of
// equals, or "" when none is near. Of names with slashes the prefixes of the same depth
// are compared too, so that "cost/sing" finds "cost/sign".
func Nearest(word string, known []string) string {
	nearest := ""
	best := max(2, len(word)/3) + 1 // more edits than this, it is no typing error
	for _, k := range known {
		parts := strings.Split(k, "/")
		prefix := strings.Join(parts[:min(strings.Count(word, "/")+1, len(parts))], "/")
		for _, candidate := range []string{k, prefix} {
			if d := levenshtein.ComputeDistance(word, candidate); d < best && d < len(word) {
				best, nearest = d, candidate
			}
		}
	}
	return nearest
}
