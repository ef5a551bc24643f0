package issuer

import (
	"mime"
	"slices"
	"strconv"
	"strings"
)

// weight returns the quality value of the first of these names that a header of preferences
// has: 1 when it gives none, 0 when it has no name or a malformed value. RFC 9110, sections
// 12.4.2 and 12.5.1: the most specific range that fits counts, so that the caller gives the
// names in that order.
func weight(lines []string, names ...string) float64 {
	first, q := len(names), 0.0
	for _, line := range lines {
		for one := range strings.SplitSeq(line, ",") {
			name, parameters, err := mime.ParseMediaType(one)
			place := slices.Index(names[:first], name)
			if err != nil || place < 0 {
				continue
			}
			first, q = place, 1
			if text, given := parameters["q"]; given {
				if q, err = strconv.ParseFloat(text, 64); err != nil || !(q > 0) {
					q = 0
				}
			}
		}
	}
	return q
}
