package verifier

import (
	"context"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// Table is the issuer's token table, which shared-db reads. The issuer and the resource
// server have to agree on how tokens look in it, by key where they are encrypted.
type Table struct {
	Tokens                TokenTable
	Opaque, SelfContained store.Persistence
}

// TokenTable is what there is to read; a [store.Store] is one.
type TokenTable interface {
	Get(ctx context.Context, k store.Key) (store.Record, bool, error)
	Revoked(ctx context.Context, s ...store.Subject) (bool, error)
}

// sharedDB looks each token up in the issuer's table, and judges the record as the issuer
// would. A self-contained token is verified first. Then there must be its record or, where
// the issuer keeps none, no revocation.
type sharedDB struct {
	table  *Table
	local  *local
	expect claims.Expectation
	now    func() time.Time
	count  *Counters
}

func newSharedDB(p *parts) (Strategy, error) {
	table := p.options.Table
	if table == nil {
		return nil, nil
	}
	if err := table.Opaque.Check(true); err != nil {
		return nil, err
	}
	if err := table.SelfContained.Check(false); err != nil {
		return nil, err
	}
	return &sharedDB{table, p.local(), p.expect, p.options.Now, p.count}, nil
}

func (s *sharedDB) StalenessBound() string {
	return "none: the issuer's table is read on every request"
}

func (s *sharedDB) Outage() string {
	return "everything, as long as the table can be read: the issuer isn't asked, but for its keys"
}

func (s *sharedDB) Judge(ctx context.Context, tok string) (claims.Claims, error) {
	if value, ok := store.OpaqueValue(tok); ok {
		return s.opaque(ctx, value)
	}
	said, err := s.local.unexpired(ctx, tok)
	if err != nil {
		return claims.Claims{}, err
	}
	if err := s.checkRecorded(ctx, tok, said.ID); err != nil {
		return claims.Claims{}, err
	}
	return said, nil
}

// RFC 7662, section 4, says what an issuer checks before it calls a token active: that it
// was issued, hasn't expired and wasn't revoked. The table has no live record otherwise.
func (s *sharedDB) opaque(ctx context.Context, value string) (claims.Claims, error) {
	kept, ok, err := s.get(ctx, s.table.Opaque.AtRest.Key(value))
	switch {
	case err != nil:
		return claims.Claims{}, err
	// A refresh token or a code must not be taken for an access token.
	case !ok || kept.Kind != store.Access:
		return claims.Claims{}, claims.Refuse(claims.ReasonInactive)
	}
	said := claimsOf(&kept.Claims)
	if said.Issuer == "" || said.Audience == nil || said.ExpiresAt.IsZero() {
		return claims.Claims{}, claims.Refuse(claims.ReasonIncomplete)
	}
	if err := s.expect.CheckAnswer(&said, s.now()); err != nil {
		return claims.Claims{}, err
	}
	return said, nil
}

// checkRecorded looks for what the table has on a token that was verified.
func (s *sharedDB) checkRecorded(ctx context.Context, tok, jti string) error {
	form := s.table.SelfContained
	if form.Keep == store.KeepNothing {
		return s.checkRevoked(ctx, jti)
	}
	kept, ok, err := s.get(ctx, form.AtRest.Key(store.IDValue(jti)))
	// RFC 7516, section 7.1: an encrypted token has five parts.
	if err == nil && !ok && strings.Count(tok, ".") == 4 {
		kept, ok, err = s.get(ctx, form.AtRest.Key(store.SealedValue(tok)))
	}
	switch {
	case err != nil:
		return err
	case !ok || kept.Kind != store.Hybrid || kept.Claims.ID != jti || !kept.Claims.Live(s.now().Unix()):
		return claims.Refuse(claims.ReasonRevoked)
	}
	return nil
}

func (s *sharedDB) checkRevoked(ctx context.Context, jti string) error {
	subjects := []store.Subject{store.TokenSubject(jti)}
	if family := (&token.Claims{ID: jti}).Family(); family != "" {
		subjects = append(subjects, store.FamilySubject(family))
	}
	s.count.TableReads.add()
	revoked, err := s.table.Tokens.Revoked(ctx, subjects...)
	if err != nil {
		return tableError(ctx)
	}
	if revoked {
		return claims.Refuse(claims.ReasonRevoked)
	}
	return nil
}

func (s *sharedDB) get(ctx context.Context, k store.Key) (store.Record, bool, error) {
	s.count.TableReads.add()
	kept, ok, err := s.table.Tokens.Get(ctx, k)
	if err != nil {
		return store.Record{}, false, tableError(ctx)
	}
	return kept, ok, nil
}

// tableError hides the database's message, which may name a key, and that is the token
// where tokens are kept plain.
func tableError(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return &Unavailable{Operation: "read token table", Err: store.ErrUnavailable}
}

// claimsOf translates what the table has.
func claimsOf(c *token.Claims) claims.Claims {
	said := claims.Claims{Issuer: c.Issuer, Subject: c.Subject, ClientID: c.ClientID, ID: c.ID, Scope: c.Scope}
	if c.Audience != "" {
		said.Audience = []string{c.Audience}
	}
	if c.Expires != 0 {
		said.ExpiresAt = time.Unix(c.Expires, 0)
	}
	if c.IssuedAt != 0 {
		said.IssuedAt = time.Unix(c.IssuedAt, 0)
	}
	if c.More != nil && c.More.Confirmation != nil {
		said.Confirmation = &claims.Confirmation{Thumbprint: c.More.Confirmation.Key, Certificate: c.More.Confirmation.Certificate}
	}
	return said
}
