package targets

import "github.com/agext/levenshtein"

// nearest returns the known word that takes the fewest edits from word, the first
// of equals, or "" when nothing is known.
func nearest(word string, known []string) string {
	best, fewest := "", -1
	for _, k := range known {
		if d := levenshtein.Distance(word, k, nil); fewest < 0 || d < fewest {
			best, fewest = k, d
		}
	}
	return best
}
