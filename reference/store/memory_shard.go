package store

import (
	"crypto/sha256"
	"encoding/base64"
	"sync"
)

// shard keeps rows of what differs from token to token, and apart from them, once,
// the form that many have in common: all tokens of a client have the same issuer,
// audience, subject and scope. A row takes 56 bytes and holds no pointer, so that a
// million of them neither fill the memory nor occupy the garbage collector. The map,
// which is half empty as maps are, holds but the rows' numbers.
type shard struct {
	mu     sync.RWMutex
	index  map[place]uint32
	rows   list[row]
	forms  list[form]
	byForm map[formID]uint32
}

// list gives numbers to values, and those of removed values again.
type list[T any] struct {
	values []T
	free   []uint32
}

func (l *list[T]) add(v T) (n uint32) {
	if last := len(l.free) - 1; last >= 0 {
		n, l.free = l.free[last], l.free[:last]
		l.values[n] = v
		return n
	}
	l.values = append(l.values, v)
	return uint32(len(l.values) - 1)
}

func (l *list[T]) remove(n uint32) {
	var none T
	l.values[n] = none
	l.free = append(l.free, n)
}

type row struct {
	issued, expires int64
	id, family      identifier
	form            uint32
	used            bool
}

// form is a record without what its row holds.
type form struct {
	id     formID
	record Record
	// hasID and hasFamily say that they are in the row.
	hasID, hasFamily bool
	rows             int // that use it
}

// formID identifies a form; it is a SHA-256, so nobody can pass one for another.
type formID [sha256.Size]byte

// identifier is a jti or a family of 128 bits in base64url, as package token draws
// them. Any other stays in the form, which then belongs to that record alone.
type identifier [16]byte

var identifiers = base64.RawURLEncoding.Strict()

func (i *identifier) parse(s string) bool {
	if identifiers.DecodedLen(len(s)) != len(i) {
		return false
	}
	var b [len(i)]byte
	// The decoder passes over line breaks: the identifier has to come back as it was.
	if n, err := identifiers.Decode(b[:], []byte(s)); n != len(i) || err != nil {
		return false
	}
	*i = b
	return true
}

func (i identifier) String() string { return identifiers.EncodeToString(i[:]) }

// split parts a record into its row and its form.
func split(r Record) (form, row, error) {
	w := row{issued: r.Claims.IssuedAt, expires: r.Claims.Expires, used: r.Used}
	f := form{record: r}
	f.record.Claims.IssuedAt, f.record.Claims.Expires, f.record.Used = 0, 0, false
	if f.hasID = w.id.parse(r.Claims.ID); f.hasID {
		f.record.Claims.ID = ""
	}
	if f.hasFamily = w.family.parse(r.Family); f.hasFamily {
		f.record.Family = ""
	}
	b, err := f.record.Encode()
	if err != nil {
		return form{}, row{}, err
	}
	mark := byte(0)
	if f.hasID {
		mark |= 1
	}
	if f.hasFamily {
		mark |= 2
	}
	f.id = sha256.Sum256(append(b, mark))
	return f, w, nil
}

func (s *shard) put(p place, w row, f form) {
	s.remove(p)
	n, ok := s.byForm[f.id]
	if !ok {
		n = s.forms.add(f)
		s.byForm[f.id] = n
	}
	s.forms.values[n].rows++
	w.form = n
	s.index[p] = s.rows.add(w)
}

// remove removes a row, if there is one, and its form with the last that has it.
func (s *shard) remove(p place) {
	n, ok := s.index[p]
	if !ok {
		return
	}
	at := s.rows.values[n].form
	delete(s.index, p)
	s.rows.remove(n)
	f := &s.forms.values[at]
	if f.rows--; f.rows == 0 {
		delete(s.byForm, f.id)
		s.forms.remove(at)
	}
}

func (s *shard) get(p place) (Record, bool) {
	n, ok := s.index[p]
	if !ok {
		return Record{}, false
	}
	return s.join(&s.rows.values[n]), true
}

func (s *shard) use(p place) { s.rows.values[s.index[p]].used = true }

// join puts a record together again.
func (s *shard) join(w *row) Record {
	f := &s.forms.values[w.form]
	r := f.record
	r.Claims.IssuedAt, r.Claims.Expires, r.Used = w.issued, w.expires, w.used
	if f.hasID {
		r.Claims.ID = w.id.String()
	}
	if f.hasFamily {
		r.Family = w.family.String()
	}
	return r
}

// removeExpired removes the rows that have expired, and returns them by family.
func (s *shard) removeExpired(now int64) map[string]map[place]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	var gone map[string]map[place]bool
	for p, n := range s.index {
		w := &s.rows.values[n]
		if now < w.expires {
			continue
		}
		if family := s.join(w).Family; family != "" {
			if gone == nil {
				gone = map[string]map[place]bool{}
			}
			if gone[family] == nil {
				gone[family] = map[place]bool{}
			}
			gone[family][p] = true
		}
		s.remove(p)
	}
	return gone
}
