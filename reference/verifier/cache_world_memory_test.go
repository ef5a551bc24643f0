package verifier

import (
	"fmt"
	"strings"
)

// memories are the caches beneath: how many entries each has, and all that they hold.
func (w *cachingWorld) memories() (sizes []int, held string) {
	var said strings.Builder
	answers := func(c *answerCache) {
		for _, e := range []*entries{c.accepted, c.refused} {
			e.CleanUp()
			sizes = append(sizes, e.EstimatedSize())
			for key, entry := range e.All() {
				fmt.Fprintf(&said, "%x %+v\n", key, *entry)
			}
		}
	}
	verified := func(m *memory) {
		for _, e := range []interface {
			CleanUp()
			EstimatedSize() int
		}{m.accepted, m.refused} {
			e.CleanUp()
			sizes = append(sizes, e.EstimatedSize())
		}
		for key, r := range m.accepted.All() {
			fmt.Fprintf(&said, "%x %+v\n", key, *r)
		}
		for key, r := range m.refused.All() {
			fmt.Fprintf(&said, "%x %+v\n", key, *r)
		}
	}
	switch s := w.strategy.(type) {
	case *introspectCached:
		answers(s.cache)
	case *sharedCache:
		answers(s.cache)
		w.shared.mu.Lock()
		defer w.shared.mu.Unlock()
		for key, value := range w.shared.values {
			said.WriteString(key + string(value))
		}
	case *introspectPush:
		answers(s.cache)
		s.names.mu.Lock()
		defer s.names.mu.Unlock()
		fmt.Fprintf(&said, "%+v", s.names.byStem)
	case *localCached:
		verified(s.memory)
	case *phantom:
		verified(s.memory)
	case *split:
		verified(s.memory)
	}
	return sizes, said.String()
}
