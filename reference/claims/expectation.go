package claims

import (
	"slices"
	"time"
)

// Expectation is what a token's claims are held against. Issuer and Resource are
// required: an empty one matches nothing.
type Expectation struct {
	Issuer   string
	Resource string
	// Leeway is by how much the issuer's clock may differ from ours; 0 for not at all.
	//
	// RFC 9068, section 4: usually no more than a few minutes.
	Leeway time.Duration
	// Ahead is by how much the issuer's clock may be ahead of ours, beyond the leeway.
	Ahead time.Duration
	// Accept is what is taken beside what RFC 9068 asks for.
	Accept Dialect
}

// CheckToken makes the checks of a self-contained token's own claims.
func (e Expectation) CheckToken(c *Claims, now time.Time) error {
	if err := e.checkRequired(c); err != nil {
		return err
	}
	if err := e.checkStated(c); err != nil {
		return err
	}
	if err := checkPlausible(c); err != nil {
		return err
	}
	return e.CheckTime(c, now)
}

// CheckAnswer makes the checks of an active introspection answer, where iss, aud and
// exp are optional (RFC 7662, section 2.2) but bind when they are there.
func (e Expectation) CheckAnswer(c *Claims, now time.Time) error {
	if err := checkKind(c); err != nil {
		return err
	}
	if err := e.checkStated(c); err != nil {
		return err
	}
	return e.CheckTime(c, now)
}

// checkStated makes the checks of issuer and audience, where they are stated.
func (e Expectation) checkStated(c *Claims) error {
	if c.Issuer != "" {
		if err := e.checkIssuer(c); err != nil {
			return err
		}
	}
	if len(c.Audience) > 0 || c.Audience != nil && !e.Accept.mayLack("aud") {
		return e.checkAudience(c)
	}
	return nil
}

// RFC 7662, section 2.2: that a token is active says that the issuer has issued it, not
// that it is for resources.
func checkKind(c *Claims) error {
	if c.NotAccess {
		return Refuse(ReasonKind)
	}
	return nil
}

// CheckTime makes the checks that a token may fail later than it did: the ones for
// each use of what is remembered of it.
func (e Expectation) CheckTime(c *Claims, now time.Time) error {
	if err := e.checkExpiry(c, now); err != nil {
		return err
	}
	return e.checkNotBefore(c, now)
}

// RFC 9068, section 2.2: iss, exp, aud, sub, client_id, iat and jti are REQUIRED.
func (e Expectation) checkRequired(c *Claims) error {
	for _, claim := range [...]struct {
		name  string
		there bool
	}{
		{"iss", c.Issuer != ""}, {"aud", c.Audience != nil}, {"sub", c.Subject != ""}, {"client_id", c.ClientID != ""},
		{"iat", !c.IssuedAt.IsZero()}, {"jti", c.ID != ""},
	} {
		if !claim.there && !e.Accept.mayLack(claim.name) || c.ExpiresAt.IsZero() {
			return Refuse(ReasonIncomplete)
		}
	}
	return nil
}

// RFC 9068, section 4: the issuer identifier MUST exactly match the value of the iss
// claim; no case or trailing slash is folded.
func (e Expectation) checkIssuer(c *Claims) error {
	if c.Issuer != e.Issuer || c.Issuer == "" {
		return Refuse(ReasonIssuer)
	}
	return nil
}

// RFC 9068, section 4: the aud claim has to contain the identifier that the resource
// server expects for itself.
func (e Expectation) checkAudience(c *Claims) error {
	if !e.Accept.AnyAudience && (e.Resource == "" || !slices.Contains(c.Audience, e.Resource)) {
		return Refuse(ReasonAudience)
	}
	return nil
}

// checkPlausible refuses what no issuer means: a self-contained token that never
// expires, since it could never be taken back either.
func checkPlausible(c *Claims) error {
	if !c.ExpiresAt.Before(Never) {
		return Refuse(ReasonMalformed)
	}
	return nil
}

// RFC 7519, section 4.1.4: on or after exp the token MUST NOT be accepted.
func (e Expectation) checkExpiry(c *Claims, now time.Time) error {
	if !c.ExpiresAt.IsZero() && !now.Add(-e.Leeway).Before(c.ExpiresAt) {
		return Refuse(ReasonExpired)
	}
	return nil
}

// RFC 7519, section 4.1.5: before nbf the token MUST NOT be accepted. Nothing says so of
// iat, which a clock that is ahead of ours puts into our future.
func (e Expectation) checkNotBefore(c *Claims, now time.Time) error {
	if !c.NotBefore.IsZero() && now.Add(e.Leeway+e.Ahead).Before(c.NotBefore) {
		return Refuse(ReasonNotYetValid)
	}
	return nil
}
