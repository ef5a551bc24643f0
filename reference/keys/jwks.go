package keys

import (
	"bytes"
	"time"
)

// published is a JWK Set and when it holds: of one Set, from a time until the next
// overlap ends.
type published struct {
	of          *Set
	from, until time.Time // until is zero when no overlap is running
	bytes       []byte
}

func (p *published) holds(s *Set, now time.Time) bool {
	return p != nil && p.of == s && !now.Before(p.from) && (p.until.IsZero() || now.Before(p.until))
}

// JWKS is the public JWK Set at the time, as JSON (RFC 7517, section 5): the same
// bytes until a key comes or its overlap ends. They are shared: don't change them.
// HMAC keys are not in it.
func (r *Ring) JWKS(now time.Time) ([]byte, error) {
	s := r.Current()
	if p := r.jwks.Load(); p.holds(s, now) {
		return p.bytes, nil
	}
	p := &published{of: s, from: now}
	// The keys member is REQUIRED, so an empty ring has an empty array, not null.
	var list [][]byte
	for _, e := range s.entries {
		if d, _ := Describe(e.Key.Algorithm); d.Shared() || !e.Valid(now) {
			continue
		}
		if !e.Until.IsZero() && (p.until.IsZero() || e.Until.Before(p.until)) {
			p.until = e.Until
		}
		b, err := e.Key.JWK()
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	p.bytes = append(append([]byte(`{"keys":[`), bytes.Join(list, []byte(","))...), "]}"...)
	r.jwks.Store(p)
	return p.bytes, nil
}
