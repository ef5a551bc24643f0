package cost

import (
	"slices"

	"github.com/oauthmark/oauthmark/results"
)

// counted is work that is counted and not timed: its figure is its size.
type counted interface{ Counted() }

// cautious is work with caveats of its own, which travel with its row.
type cautious interface{ Warnings() []results.Warning }

func (s *subject) untimed() bool {
	_, ok := s.work.(counted)
	return ok
}

// timed leaves out the subjects that are counted.
func timed(subjects []*subject) []*subject {
	return slices.DeleteFunc(slices.Clone(subjects), (*subject).untimed)
}
