package store

import "sync"

// shard keeps the rows of some of the places, and the forms that they have.
type shard struct {
	number   uint8
	owners   *owners
	families *families

	mu     sync.RWMutex
	index  index
	rows   list[row]
	forms  list[form]
	byForm map[formID]uint32
	last   uint32 // the number of the form that was put last

	remembered map[place]int64 // until when; see Remember
}

func (s *shard) put(r *parts) {
	slot, ok := s.index.find(&r.row.place, &s.rows)
	if ok {
		s.remove(&r.row.place)
		slot, _ = s.index.find(&r.row.place, &s.rows)
	}
	r.row.form |= formMark(s.formOf(&r.form))
	s.forms.at(r.row.form.number()).rows++
	if r.form.owned {
		r.row.owner = s.owners.acquire(r.ownerID, r.owner)
	}
	n := s.rows.add(r.row)
	s.index.add(slot, n, &s.rows)
	if k, ok := s.family(&r.row); ok {
		s.families.add(k, reference{n, s.number})
	}
}

// formOf returns the number of a form. Most tokens have that of the one before.
func (s *shard) formOf(f *form) uint32 {
	if s.last < s.forms.length && s.forms.at(s.last).rows > 0 && s.forms.at(s.last).same(f) {
		return s.last
	}
	f.id = f.identify()
	n, ok := s.byForm[f.id]
	if !ok {
		n = s.forms.add(*f)
		s.byForm[f.id] = n
	}
	s.last = n
	return n
}

// family returns by what the family of a row is found, and false when it has none.
func (s *shard) family(w *row) (identifier, bool) {
	f := s.forms.at(w.form.number())
	if f.hasFamily {
		return w.family, true
	}
	return familyKey(f.record.Family), f.record.Family != ""
}

// remove removes a row, if there is one, and its form and owner with the last that
// has them.
func (s *shard) remove(p *place) {
	slot, ok := s.index.find(p, &s.rows)
	if !ok {
		return
	}
	n := s.index.row(slot)
	w := *s.rows.at(n)
	if k, ok := s.family(&w); ok {
		s.families.remove(k, reference{n, s.number})
	}
	if w.owner != noOwner {
		s.owners.release(w.owner)
	}
	s.index.remove(slot, &s.rows)
	s.rows.remove(n)
	f := s.forms.at(w.form.number())
	if f.rows--; f.rows == 0 {
		delete(s.byForm, f.id)
		s.forms.remove(w.form.number())
	}
}

// find returns the row of a place, nil when there is none.
func (s *shard) find(p *place) *row {
	slot, ok := s.index.find(p, &s.rows)
	if !ok {
		return nil
	}
	return s.rows.at(s.index.row(slot))
}

// join puts a record together again.
func (s *shard) join(w *row) Record {
	f := s.forms.at(w.form.number())
	r := f.record
	r.Claims.IssuedAt, r.Claims.Expires, r.Used = w.issued, w.expires, w.form.is(usedMark)
	if f.hasID {
		r.Claims.ID = w.id.String()
	}
	if f.hasFamily {
		r.Family = w.family.String()
	}
	if w.owner != noOwner {
		r.Claims.Subject, r.Claims.More = s.owners.get(w.owner)
	}
	return r
}

// remember keeps a place until a time, unless it is kept already.
func (s *shard) remember(p place, now, until int64) (fresh bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept, ok := s.remembered[p]; ok && now < kept {
		return false
	}
	if s.remembered == nil {
		s.remembered = map[place]int64{}
	}
	s.remembered[p] = until
	return true
}

// removeExpired removes what has expired.
func (s *shard) removeExpired(now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := range s.rows.length {
		if w := s.rows.at(n); w.form.is(keptMark) && now >= w.expires {
			p := w.place
			s.remove(&p)
		}
	}
	for p, until := range s.remembered {
		if now >= until {
			delete(s.remembered, p)
		}
	}
	if len(s.remembered) == 0 {
		s.remembered = nil // a map keeps the room of what was in it
	}
}
