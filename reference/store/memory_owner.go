package store

import (
	"crypto/sha256"
	"strings"
	"sync"

	"github.com/oauthmark/oauthmark/reference/token"
)

// ownerParts is the number of parts that are locked alone.
const ownerParts = 64

// noOwner is of tokens of the client itself, which say no more than their form.
const noOwner = ^uint32(0)

// owner is what the tokens of a user have in common: whom they are of, and what
// plain ones don't say. It is kept once in a store, however many rows have it, and
// goes with the last of them. Its number is that of its part and that in its part.
type owner struct {
	subject string
	more    *token.More
	rows    int
}

type owners [ownerParts]struct {
	mu   sync.RWMutex
	list list[owner]
	byID map[formID]uint32
}

func (o owner) id() (formID, error) {
	r := Record{Claims: token.Claims{Subject: o.subject, More: o.more}}
	b, err := r.Encode()
	return sha256.Sum256(b), err
}

// acquire counts a row more for the owner.
func (all *owners) acquire(id formID, o owner) uint32 {
	at := uint32(id[0] % ownerParts)
	part := &all[at]
	part.mu.Lock()
	defer part.mu.Unlock()
	n, ok := part.byID[id]
	if !ok {
		if part.byID == nil {
			part.byID = map[formID]uint32{}
		}
		o.subject = strings.Clone(o.subject) // which may be a part of something large
		n = part.list.add(o)
		part.byID[id] = n
	}
	part.list.at(n).rows++
	return n*ownerParts + at
}

// release counts a row less, and removes the owner with the last.
func (all *owners) release(n uint32) {
	part := &all[n%ownerParts]
	part.mu.Lock()
	defer part.mu.Unlock()
	o := part.list.at(n / ownerParts)
	if o.rows--; o.rows > 0 {
		return
	}
	// What could be encoded once can be again: nobody changes it.
	id, _ := o.id()
	delete(part.byID, id)
	part.list.remove(n / ownerParts)
}

func (all *owners) get(n uint32) (subject string, more *token.More) {
	part := &all[n%ownerParts]
	part.mu.RLock()
	o := part.list.at(n / ownerParts)
	subject, more = o.subject, o.more
	part.mu.RUnlock()
	return subject, more
}
