package field

import (
	"strconv"
	"strings"
)

// Weights returns the elements of Accept, or of another field of preferences, over all its
// lines: their names in lower case, and how much each is wanted. That is 1 where nothing
// is said, and 0 where something is said that isn't a weight. The first of a name counts;
// what isn't an element is passed over.
//
// RFC 9110, section 12.4.2: weight = OWS ";" OWS "q=" qvalue, from 0 to 1.
func Weights(lines []string) map[string]float64 {
	found := map[string]float64{}
	s := &scanner{text: strings.Join(lines, ",")}
	for !s.done() {
		s.space()
		start := s.at
		if s.token(); s.skip('/') {
			s.token()
		}
		name := strings.ToLower(s.text[start:s.at])
		q, sound := s.weight()
		if _, twice := found[name]; name != "" && sound && !twice && (s.done() || s.peek() == ',') {
			found[name] = q
		}
		s.element()
	}
	return found
}

// weight reads the parameters of an element, of which q is one.
func (s *scanner) weight() (q float64, sound bool) {
	q = 1
	for s.space(); s.skip(';'); s.space() {
		s.space()
		name := s.token()
		if name == "" { // an empty one
			continue
		}
		if !s.skip('=') || !s.value() {
			return 0, false
		}
		if strings.EqualFold(name, "q") {
			var err error
			if q, err = strconv.ParseFloat(s.taken, 64); err != nil || !(q >= 0 && q <= 1) {
				q = 0
			}
		}
	}
	return q, true
}

// Weight returns how much one of these names is wanted: the first that is there counts, so
// that the most specific range comes first (RFC 9110, section 12.5.1).
func Weight(weights map[string]float64, names ...string) float64 {
	for _, name := range names {
		if q, ok := weights[name]; ok {
			return q
		}
	}
	return 0
}
