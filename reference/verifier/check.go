package verifier

import (
	"slices"
	"time"
)

// expectation is what every strategy holds a token's claims against.
type expectation struct {
	issuer   string
	resource string
}

// RFC 9068, section 4: the issuer identifier must exactly match the value of the
// iss claim; no case or trailing slash is folded.
func (e expectation) checkIssuer(p payload) error {
	if !p.Issuer.present || p.Issuer.value != e.issuer {
		return refuse(ReasonIssuer)
	}
	return nil
}

// RFC 9068, section 4: the aud claim must contain the identifier that the resource
// server expects for itself.
func (e expectation) checkAudience(p payload) error {
	if !p.Audience.present || !slices.Contains(p.Audience.values, e.resource) {
		return refuse(ReasonAudience)
	}
	return nil
}

// RFC 7519, section 4.1.4: on or after exp the token must not be accepted. There is
// no leeway: a reference has one clock to compare with.
func checkExpiry(p payload, now time.Time) error {
	if !now.Before(p.ExpiresAt.value) {
		return refuse(ReasonExpired)
	}
	return nil
}

// RFC 7519, section 4.1.5: before nbf the token must not be accepted.
func checkNotBefore(p payload, now time.Time) error {
	if p.NotBefore.present && now.Before(p.NotBefore.value) {
		return refuse(ReasonNotYetValid)
	}
	return nil
}

// checkJWT makes the checks of a token's own claims, where iss, aud and exp are
// required (RFC 9068, section 2.2). An absent exp is the zero time, hence past.
func (e expectation) checkJWT(p payload, now time.Time) error {
	if err := e.checkIssuer(p); err != nil {
		return err
	}
	if err := e.checkAudience(p); err != nil {
		return err
	}
	if err := checkExpiry(p, now); err != nil {
		return err
	}
	return checkNotBefore(p, now)
}

// checkIntrospected makes the checks of an active introspection answer, where
// iss, aud and exp are optional (RFC 7662, section 2.2) but bind when they are there.
func (e expectation) checkIntrospected(p payload, now time.Time) error {
	if p.Issuer.present {
		if err := e.checkIssuer(p); err != nil {
			return err
		}
	}
	if p.Audience.present {
		if err := e.checkAudience(p); err != nil {
			return err
		}
	}
	if p.ExpiresAt.present {
		if err := checkExpiry(p, now); err != nil {
			return err
		}
	}
	return checkNotBefore(p, now)
}
