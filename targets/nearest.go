package targets

import "github.com/agnivade/levenshtein"

// nearest returns the known word that takes the fewest edits from word, the first
// of equals, or "" when nothing is known.
func nearest(word string, known []string) string {
	best, fewest := "", -1
	for _, k := range known {
		if d := levenshtein.ComputeDistance(word, k); fewest < 0 || d < fewest {
			best, fewest = k, d
		}
	}
	return best
}
