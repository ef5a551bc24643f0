package store

import (
	"errors"
	"fmt"
	"slices"
)

// Keep is how much of a token of some kind is kept.
type Keep string

const (
	KeepNothing Keep = "nothing" // stateless: the token says all there is
	KeepID      Keep = "id"      // its identifier, expiry and family, to revoke it by
	KeepToken   Keep = "token"   // its claims and a sealed copy
	// KeepClaims is the most that is of use to an issuer that never reads the copy,
	// and the least that an opaque token needs.
	KeepClaims Keep = "claims"
)

// Keeps lists what can be kept.
func Keeps() []Keep { return []Keep{KeepNothing, KeepID, KeepClaims, KeepToken} }

// ErrKeep says that too little would be kept to find a token's claims again.
var ErrKeep = errors.New("the claims of an opaque token have to be kept")

// Persistence is what becomes of the tokens of one kind.
type Persistence struct {
	Keep   Keep
	AtRest *AtRest
}

// Check returns an error for a persistence that can't serve tokens of the kind:
// those that carry their claims, or opaque ones.
func (p Persistence) Check(opaque bool) error {
	switch {
	case !slices.Contains(Keeps(), p.Keep):
		return fmt.Errorf("persistence: no %q; there are %v", p.Keep, Keeps())
	case p.AtRest == nil:
		return errors.New("persistence: no form at rest")
	case opaque && (p.Keep == KeepNothing || p.Keep == KeepID):
		return fmt.Errorf("persistence: %s is not enough: %w", p.Keep, ErrKeep)
	}
	return nil
}

// Row returns what to keep of a token, and the key to keep it by; ok is false when
// nothing is kept. The record is found again by the token itself or, as WSO2 does
// with JWTs, by its jti: found is that one.
func (p Persistence) Row(found, token string, r Record) (k Key, kept Record, ok bool, err error) {
	kept = r
	switch p.Keep {
	case KeepNothing:
		return "", Record{}, false, nil
	case KeepID:
		kept = Record{Kind: r.Kind, Family: r.Family}
		kept.Claims.ID, kept.Claims.Expires = r.Claims.ID, r.Claims.Expires
	case KeepClaims, KeepToken:
	default:
		return "", Record{}, false, p.Check(false)
	}
	k = p.AtRest.Key(found)
	if p.Keep == KeepToken {
		if kept.Token, err = p.AtRest.Seal(k, token); err != nil {
			return "", Record{}, false, fmt.Errorf("keep token: %w", err)
		}
	}
	return k, kept, true, nil
}
