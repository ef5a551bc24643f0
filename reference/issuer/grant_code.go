package issuer

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"

	"github.com/oauthmark/oauthmark/reference/store"
)

var errCode = invalidGrant("the code is not valid, or not for this request")

// judgeCode is the grant of RFC 6749, section 4.1.3, with PKCE (RFC 7636, section
// 4.6). A request that doesn't fit the code leaves it as it is: whoever has stolen
// one can't spend it, nor end what was issued from it.
func (i *Issuer) judgeCode(ctx context.Context, c *client, f form) (grant, *problem) {
	for _, name := range []string{"code", "redirect_uri", "code_verifier"} {
		if !f.has(name) {
			return grant{}, invalidRequest(name + " is missing")
		}
	}
	key := i.opaqueKey(f.get("code"))
	kept, ok, err := i.store.Get(ctx, key)
	if err != nil {
		return grant{}, unavailable
	}
	bound := kept.Claims.More
	if !ok || kept.Kind != store.Code || bound == nil || kept.Claims.Issuer != i.issuer || kept.Claims.ClientID != c.id ||
		bound.RedirectURI != f.get("redirect_uri") || !provesChallenge(f.get("code_verifier"), bound.Challenge) {
		return grant{}, errCode
	}
	// RFC 9449, section 10: a request that doesn't prove the key of the authorization
	// request's dpop_jkt MUST be rejected.
	if !proves(ctx, &kept.Claims) {
		return grant{}, errCodeKey
	}
	// RFC 6749, section 4.1.2: a code that is used again is refused, and the tokens
	// that were issued from it SHOULD be revoked.
	kept, p := i.useOnce(ctx, c, key, errCode)
	if p != nil {
		return grant{}, p
	}
	g := grant{
		client: c, subject: kept.Claims.Subject, username: bound.Username,
		resource: kept.Claims.Audience, scope: kept.Claims.Scope, family: kept.Family,
		named: bound.UserClaims,
	}
	i.refreshes(&g)
	return g, nil
}

// useOnce uses up a code or a refresh token. One that comes again has been in two hands,
// and nobody can tell whose are the right ones, so all that came of it ends.
func (i *Issuer) useOnce(ctx context.Context, c *client, key store.Key, gone *problem) (store.Record, *problem) {
	kept, ok, err := i.store.Use(ctx, key)
	switch {
	case err != nil, ok && kept.Used && i.endFamily(ctx, c, kept.Family) != nil:
		return store.Record{}, unavailable
	case !ok, kept.Used:
		return store.Record{}, gone
	}
	return kept, nil
}

// provesChallenge compares a verifier with a challenge of the method S256 (RFC 7636,
// section 4.6).
func provesChallenge(verifier, challenge string) bool {
	if !codeVerifier(verifier) {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	got := base64.RawURLEncoding.EncodeToString(sum[:])
	return subtle.ConstantTimeCompare([]byte(got), []byte(challenge)) == 1
}

// codeVerifier enforces RFC 7636, section 4.1: 43 to 128 unreserved characters.
func codeVerifier(s string) bool {
	if len(s) < 43 || len(s) > 128 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		return !letter && (r < '0' || r > '9') && !strings.ContainsRune("-._~", r)
	}) < 0
}
