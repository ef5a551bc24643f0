package verifier

import "time"

// End is what ends the acceptance of a token that the issuer revoked.
type End string

const (
	EndAnswer   End = "the issuer's answer" // it, or its table, is asked on every request
	EndTTL      End = "the cache's TTL"     // of what was remembered before
	EndEvent    End = "the issuer's event"  // as soon as it has come
	EndDenylist End = "the list's interval" // after which the next one is downloaded
	EndStatus   End = "the status list's ttl"
	EndExpiry   End = "the token's exp" // nobody is asked whether it was revoked
)

// Staleness is a StalenessBound in numbers: for how long at most a token may still be
// accepted after the issuer has answered that it is revoked. None is accepted past its exp
// by more than the leeway, whatever ends it.
type Staleness struct {
	End End
	// Bound counts from the revocation; for EndExpiry there is none beside exp.
	Bound time.Duration
	// Stated says that the issuer states the rest of the bound, such as a list's interval.
	Stated bool
	// Grace is by how much more at most, while the issuer can't be asked, or what it tells
	// is on its way.
	Grace  time.Duration
	Leeway time.Duration // past exp
}

// Until is when a token is accepted for the last time, without grace, that was revoked at
// that time. It is zero where neither the bound nor exp, which may be zero, says so.
func (s Staleness) Until(revoked, exp time.Time) time.Time {
	if !exp.IsZero() {
		exp = exp.Add(s.Leeway)
	}
	if s.End == EndExpiry {
		return exp
	}
	until := revoked.Add(s.Bound)
	if !exp.IsZero() && exp.Before(until) {
		return exp
	}
	return until
}

// Staleness returns the bound of the strategy of that name under the configuration, on
// risky routes or on others; ok is false where there is no such strategy.
func (c Config) Staleness(name string, risky bool) (s Staleness, ok bool) {
	d, ok := Describe(name)
	if !ok {
		return Staleness{}, false
	}
	s = Staleness{End: d.End, Leeway: time.Duration(c.Leeway)}
	if risky && d.EndRisky != "" {
		s.End = d.EndRisky
	}
	ttl := time.Duration(c.Cache.TTL)
	switch s.End {
	case EndTTL:
		s.Bound = ttl
		if name == IntrospectCached { // the others don't use answers past their time
			stale := time.Duration(c.Cache.StaleWhileRevalidate)
			s.Bound += stale
			s.Grace = max(0, time.Duration(c.Cache.StaleIfError)-stale)
		}
	case EndEvent:
		s.Grace = min(c.eventsSilence(), ttl)
	case EndDenylist:
		s.Stated, s.Grace = true, denylistGrace(defaultTimeout)
	case EndStatus:
		s.Stated = true
	}
	return s, true
}

// eventsSilence is for how long the stream may be silent.
func (c Config) eventsSilence() time.Duration {
	if c.EventsSilence == 0 {
		return DefaultEventsSilence
	}
	return time.Duration(c.EventsSilence)
}

// defaultTimeout is of one request to the issuer.
const defaultTimeout = 10 * time.Second

// denylistGrace is for how long a list past its interval is used while the next one is
// under way.
func denylistGrace(timeout time.Duration) time.Duration { return 2 * timeout }
