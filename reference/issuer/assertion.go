package issuer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/oauthmark/oauthmark/reference/store"
)

const (
	maxAssertion = 8 << 10 // bytes of the longest assertion
	// RFC 7523, section 3, lets a server reject an exp unreasonably far ahead; a
	// longer life is a longer memory for the jti, too.
	maxAssertionLife = time.Hour
	// Whoever made it has a clock of its own; exp gets no leeway.
	assertionLeeway = time.Minute
)

// assertionAlgorithms are asymmetric without exception: a MAC would make the public
// key, or a client's secret, a signing key (RFC 8725, section 2.1).
var assertionAlgorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512,
	jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// What is wrong with an assertion; none of them repeats a part of it.
var (
	errAssertionForm      = errors.New("assertion is not a signed JWT with an accepted header")
	errAssertionSignature = errors.New("assertion's signature is not valid")
	errAssertionClaims    = errors.New("assertion's claims are missing or not acceptable")
)

// assertion is a JWT that somebody else signed (RFC 7521, section 4).
type assertion struct {
	parsed *jwt.JSONWebToken
	claims jwt.Claims
}

// parseAssertion reads an assertion without believing it. Its typ must be the one
// of its purpose, JWT, or nothing, so that a token made for something else can't
// stand in (RFC 8725, section 3.11).
func parseAssertion(text, typ string) (*assertion, error) {
	if len(text) > maxAssertion {
		return nil, errAssertionForm
	}
	parsed, err := jwt.ParseSigned(text, assertionAlgorithms)
	if err != nil || len(parsed.Headers) != 1 {
		return nil, errAssertionForm
	}
	if given, ok := parsed.Headers[0].ExtraHeaders[jose.HeaderType]; ok {
		named, isText := given.(string)
		named = strings.TrimPrefix(strings.ToLower(named), "application/")
		if !isText || (named != "jwt" && named != typ) {
			return nil, errAssertionForm
		}
	}
	a := &assertion{parsed: parsed}
	if err := parsed.UnsafeClaimsWithoutVerification(&a.claims); err != nil {
		return nil, errAssertionForm
	}
	return a, nil
}

// verify finds the key that signed, by its kid where the header names one.
func (a *assertion) verify(keys KeySet) error {
	header := a.parsed.Headers[0]
	for n := range keys.Keys {
		k := &keys.Keys[n]
		if header.KeyID != "" && header.KeyID != k.KeyID {
			continue
		}
		if slices.Contains(algorithmsOf(k), jose.SignatureAlgorithm(header.Algorithm)) && a.parsed.Claims(k.Key) == nil {
			return nil
		}
	}
	return errAssertionSignature
}

// judge enforces RFC 7523, section 3: the audience is this server, exp is there and
// hasn't passed, nbf and iat don't lie ahead. jti is OPTIONAL there and required
// here, since without it a replay can't be told.
func (a *assertion) judge(now time.Time, audiences ...string) error {
	c := &a.claims
	switch {
	case c.Issuer == "" || c.Subject == "" || c.ID == "" || c.Expiry == nil:
		return fmt.Errorf("iss, sub, exp or jti: %w", errAssertionClaims)
	case len(c.Audience) != 1 || !slices.Contains(audiences, c.Audience[0]):
		return fmt.Errorf("aud: %w", errAssertionClaims)
	case !now.Before(c.Expiry.Time()) || c.Expiry.Time().After(now.Add(maxAssertionLife)):
		return fmt.Errorf("exp: %w", errAssertionClaims)
	case c.NotBefore != nil && c.NotBefore.Time().After(now.Add(assertionLeeway)):
		return fmt.Errorf("nbf: %w", errAssertionClaims)
	case c.IssuedAt != nil && c.IssuedAt.Time().After(now.Add(assertionLeeway)):
		return fmt.Errorf("iat: %w", errAssertionClaims)
	}
	return nil
}

// members returns the claims as they were written.
func (a *assertion) members() (map[string]json.RawMessage, error) {
	var m map[string]json.RawMessage
	if err := a.parsed.UnsafeClaimsWithoutVerification(&m); err != nil {
		return nil, errAssertionForm
	}
	return m, nil
}

// firstUse remembers an assertion until it expires, and reports whether it had not
// been seen: by this process or any other that shares the store.
func (i *Issuer) firstUse(ctx context.Context, a *assertion) (bool, error) {
	return i.firstUseOf(ctx, "assertion\x00"+a.claims.Issuer+"\x00"+a.claims.ID, int64(*a.claims.Expiry)+1)
}

// replayMargin is how long what was used is remembered beyond its life, in seconds:
// another process, whose clock is slower, accepts it for longer.
const replayMargin = 60

// firstUseOf is the same for anything that has a name and ends at a time, in seconds
// since 1970.
func (i *Issuer) firstUseOf(ctx context.Context, name string, ends int64) (bool, error) {
	return i.store.Remember(ctx, store.DigestOf(name), ends+replayMargin)
}
