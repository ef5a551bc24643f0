package store

import (
	"crypto/sha256"
	"sync"
)

const familyParts = 64

// families finds the rows of a grant, which are few for each: chains of references,
// which are changed while the row's shard is locked, and never the other way round.
type families [familyParts]struct {
	mu    sync.Mutex
	first map[identifier]uint32 // node's number
	nodes list[familyNode]
}

type familyNode struct {
	reference
	next uint32 // node's number, counted from 1; 0 at the end
}

// reference is a row of a shard.
type reference struct {
	row   uint32
	shard uint8
}

// familyKey stands for a family. Whoever finds a row by it compares the family, so
// that it needs not be the only one.
func familyKey(family string) (k identifier) {
	if !k.parse(family) {
		sum := sha256.Sum256([]byte(family))
		copy(k[:], sum[:])
	}
	return k
}

func (f *families) add(k identifier, r reference) {
	part := &f[k[0]%familyParts]
	part.mu.Lock()
	defer part.mu.Unlock()
	if part.first == nil {
		part.first = map[identifier]uint32{}
	}
	next := uint32(0)
	if n, ok := part.first[k]; ok {
		next = n + 1
	}
	part.first[k] = part.nodes.add(familyNode{r, next})
}

func (f *families) of(k identifier) (all []reference) {
	part := &f[k[0]%familyParts]
	part.mu.Lock()
	defer part.mu.Unlock()
	n, ok := part.first[k]
	for ok {
		node := part.nodes.at(n)
		all = append(all, node.reference)
		n, ok = node.next-1, node.next != 0
	}
	return all
}

func (f *families) remove(k identifier, r reference) {
	part := &f[k[0]%familyParts]
	part.mu.Lock()
	defer part.mu.Unlock()
	n, ok := part.first[k]
	for before := (*familyNode)(nil); ok; {
		node := part.nodes.at(n)
		if node.reference != r {
			before, n, ok = node, node.next-1, node.next != 0
			continue
		}
		switch {
		case before != nil:
			before.next = node.next
		case node.next != 0:
			part.first[k] = node.next - 1
		default:
			delete(part.first, k)
		}
		part.nodes.remove(n)
		return
	}
}
