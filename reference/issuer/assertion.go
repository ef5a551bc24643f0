package issuer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

const (
	maxAssertion = 8 << 10 // bytes of the longest assertion
	// RFC 7523, section 3, lets a server reject an exp unreasonably far ahead; a
	// longer life is a longer memory for the jti, too.
	maxAssertionLife = time.Hour
	// Whoever made it has a clock of its own; exp gets no leeway.
	assertionLeeway = time.Minute
)

// assertionAlgorithms are asymmetric: with a MAC, a public key or a client's secret could
// sign (RFC 8725, section 2.1).
var assertionAlgorithms = func() (all []jose.SignatureAlgorithm) {
	for _, a := range keys.Asymmetric() {
		all = append(all, jose.SignatureAlgorithm(a))
	}
	return all
}()

// What is wrong with an assertion; none of them repeats a part of it.
var (
	errAssertionForm      = errors.New("assertion is not a signed JWT with an accepted header")
	errAssertionSignature = errors.New("assertion's signature is not valid")
	errAssertionClaims    = errors.New("assertion's claims are missing or not acceptable")
)

// assertion is a JWT that somebody else signed (RFC 7521, section 4).
type assertion struct {
	parsed    *jwt.JSONWebToken
	claims    jwt.Claims
	signed    string // as it was sent, which is what the signature is of
	signature []byte
}

// parseAssertion reads an assertion without checking it. Its typ must be that of its
// purpose, JWT, or absent, so that a token for something else isn't taken for one (RFC
// 8725, section 3.11).
func parseAssertion(text, typ string) (*assertion, error) {
	if len(text) > maxAssertion {
		return nil, errAssertionForm
	}
	parsed, err := jwt.ParseSigned(text, assertionAlgorithms)
	if err != nil || len(parsed.Headers) != 1 {
		return nil, errAssertionForm
	}
	// RFC 7515, section 4.1.11: an extension that isn't understood, as none is here, MUST
	// make the signature invalid where it is critical.
	if _, critical := parsed.Headers[0].ExtraHeaders["crit"]; critical {
		return nil, errAssertionForm
	}
	if given, ok := parsed.Headers[0].ExtraHeaders[jose.HeaderType]; ok {
		named, isText := given.(string)
		named = strings.TrimPrefix(strings.ToLower(named), "application/")
		if !isText || (named != "jwt" && named != typ) {
			return nil, errAssertionForm
		}
	}
	last := strings.LastIndexByte(text, '.')
	a := &assertion{parsed: parsed, signed: text[:last]}
	if a.signature, err = base64.RawURLEncoding.Strict().DecodeString(text[last+1:]); err != nil {
		return nil, errAssertionForm
	}
	if err := parsed.UnsafeClaimsWithoutVerification(&a.claims); err != nil {
		return nil, errAssertionForm
	}
	return a, nil
}

// verify finds the key that signed, by its kid where the header names one.
func (a *assertion) verify(set KeySet) error {
	header := a.parsed.Headers[0]
	algorithm := keys.Algorithm(header.Algorithm)
	for n := range set.Keys {
		k := &set.Keys[n]
		if header.KeyID != "" && header.KeyID != k.KeyID {
			continue
		}
		if slices.Contains(algorithmsOf(k), algorithm) && token.SignatureValid(algorithm, k.Key, a.signed, a.signature) {
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
	case ahead(c.NotBefore, now):
		return fmt.Errorf("nbf: %w", errAssertionClaims)
	case ahead(c.IssuedAt, now):
		return fmt.Errorf("iat: %w", errAssertionClaims)
	}
	return nil
}

// ahead reports whether a time lies ahead, as does one that overflowed its type and is
// negative.
func ahead(d *jwt.NumericDate, now time.Time) bool {
	return d != nil && (*d < 0 || int64(*d) > now.Add(assertionLeeway).Unix())
}

// members returns the claims as they were written.
func (a *assertion) members() (map[string]json.RawMessage, error) {
	var m map[string]json.RawMessage
	if err := a.parsed.UnsafeClaimsWithoutVerification(&m); err != nil {
		return nil, errAssertionForm
	}
	return m, nil
}

// firstUse remembers an assertion until it expires, and reports whether no process on the
// store has seen it before.
func (i *Issuer) firstUse(ctx context.Context, a *assertion) (bool, error) {
	return i.firstUseOf(ctx, "assertion\x00"+a.claims.Issuer+"\x00"+a.claims.ID, int64(*a.claims.Expiry)+1)
}

// replayMargin is for how many seconds uses are remembered past their end, for other
// processes with slower clocks.
const replayMargin = 60

// firstUseOf is the same for anything that has a name and ends at a time, in seconds
// since 1970.
func (i *Issuer) firstUseOf(ctx context.Context, name string, ends int64) (bool, error) {
	return i.store.Remember(ctx, store.DigestOf(name), ends+replayMargin)
}
