package issuer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// Persistence says what is kept of the tokens of each kind.
type Persistence struct {
	// Opaque tokens, refresh tokens and codes; their claims, hashed, when empty. Phantom
	// tokens need keep: token, and at_rest that isn't hashed, since the JWT behind them is
	// read again. Of split ones all but the signature is always kept, under its digest.
	Opaque Kept `json:"opaque,omitzero"`
	// SelfContained tokens; nothing when empty. With a record they are hybrids: a token
	// whose record is gone isn't active. What a client's profile or hidden claims need is
	// always kept.
	SelfContained Kept `json:"self_contained,omitzero"`
}

// Kept is what is kept of the tokens of one kind, and how it looks.
type Kept struct {
	Keep   Keep   `json:"keep,omitzero"`
	AtRest AtRest `json:"at_rest,omitzero"`
}

// validateKept checks where tokens are kept, and how.
func (c *Config) validateKept() error {
	if _, ok := c.Store.Kind(); !ok {
		return errors.New("store: " + storeRemedy)
	}
	if err := c.Persistence.validate(); err != nil {
		return fmt.Errorf("persistence: %w", err)
	}
	for n := range c.Clients {
		if c.Clients[n].Form.Phantom() && !c.Persistence.Opaque.whole() {
			return fmt.Errorf("client %d: form %s: persistence: opaque: needs keep: token, and at_rest of kind %s or %s, to keep the JWT whole",
				n+1, c.Clients[n].Form, Plain, Encrypted)
		}
	}
	for _, form := range []AtRest{c.Persistence.Opaque.AtRest, c.Persistence.SelfContained.AtRest} {
		if c.Store.Durable() && form.Kind == Encrypted && form.KeyFile == "" {
			return fmt.Errorf("persistence: %w", errKeyNeeded)
		}
	}
	return nil
}

func (p *Persistence) validate() error {
	for _, k := range []struct {
		name   string
		kept   Kept
		opaque bool
	}{{"opaque", p.Opaque, true}, {"self_contained", p.SelfContained, false}} {
		// Any form will do: what can't be kept doesn't depend on how it looks.
		if err := k.kept.persistence(k.opaque, store.Plain()).Check(k.opaque); err != nil {
			if errors.Is(err, store.ErrKeep) {
				err = fmt.Errorf("%w: write claims or token", err)
			}
			return fmt.Errorf("%s: keep: %w", k.name, err)
		}
		if err := k.kept.AtRest.validate(); err != nil {
			return fmt.Errorf("%s: at_rest: %w", k.name, err)
		}
	}
	return nil
}

// whole reports whether a token can be read again.
func (k Kept) whole() bool { return k.Keep == Keep(store.KeepToken) && k.AtRest.kind() != Hashed }

// persistence fills in what isn't said.
func (k Kept) persistence(opaque bool, form *store.AtRest) store.Persistence {
	keep := store.Keep(k.Keep)
	switch {
	case keep != "":
	case opaque:
		keep = store.KeepClaims
	default:
		keep = store.KeepNothing
	}
	return store.Persistence{Keep: keep, AtRest: form}
}

// persist prepares what is kept of tokens. A given store may outlive a key that is only in
// this process, and its rows would be lost.
func (i *Issuer) persist(c Config, given bool) error {
	if !given && c.Store.Durable() {
		return errors.New("store: the configured one wasn't opened: give it in Options.Store")
	}
	var err error
	i.opaque, i.selfContained, err = c.Persistence.prepare(i.rand, given)
	return err
}

// prepare makes the forms.
func (p *Persistence) prepare(random io.Reader, durable bool) (opaque, selfContained store.Persistence, err error) {
	for _, k := range []struct {
		kept   Kept
		opaque bool
		to     *store.Persistence
	}{{p.Opaque, true, &opaque}, {p.SelfContained, false, &selfContained}} {
		form, err := k.kept.AtRest.prepare(random, durable)
		if err != nil {
			return opaque, selfContained, fmt.Errorf("persistence: %w", err)
		}
		*k.to = k.kept.persistence(k.opaque, form)
	}
	return opaque, selfContained, nil
}

// ParsePersistence reads how an issuer keeps tokens, for readers of its table. The document
// is like the member persistence of the configuration; an empty one means the defaults.
func ParsePersistence(r io.Reader, random io.Reader) (opaque, selfContained store.Persistence, err error) {
	var p Persistence
	if _, err := config.ReadFrom("", r, &p); err != nil && !errors.Is(err, config.ErrEmpty) {
		return opaque, selfContained, fmt.Errorf("persistence: %w", err)
	}
	if err := p.validate(); err != nil {
		return opaque, selfContained, fmt.Errorf("persistence: %w", err)
	}
	return p.prepare(random, true)
}

// opaqueKey returns the key of a token's record, "" for what can't be a token.
func (i *Issuer) opaqueKey(tok string) store.Key {
	value, ok := store.OpaqueValue(tok)
	if !ok {
		return ""
	}
	return i.opaque.AtRest.Key(value)
}

// record keeps of a token what the persistence says. It is found by the value.
func (i *Issuer) record(ctx context.Context, p store.Persistence, value, tok string, r store.Record) error {
	k, kept, ok, err := p.Row(value, tok, r)
	if err != nil || !ok {
		return err
	}
	if err := i.store.Put(ctx, k, kept); err != nil {
		return err
	}
	return i.joinFamily(ctx, &r)
}

// hybrid returns what is kept of the self-contained tokens of a client.
func (i *Issuer) hybrid(c *client) store.Persistence {
	p := i.selfContained
	if c.keeps && (p.Keep == store.KeepNothing || p.Keep == store.KeepID) {
		p.Keep = store.KeepClaims
	}
	return p
}

// hybridValue returns by what the record of a self-contained token is found: its
// jti or, where the issuer can't read that, the token.
func hybridValue(c *client, jti, tok string) string {
	if c.sealed() {
		return store.SealedValue(tok)
	}
	return store.IDValue(jti)
}

// recorded returns the claims of a self-contained token as its record has them, and
// false when there is no record: it was revoked, or never kept.
func (i *Issuer) recorded(ctx context.Context, p store.Persistence, value string, c token.Claims) (token.Claims, bool, error) {
	kept, ok, err := i.store.Get(ctx, p.AtRest.Key(value))
	if err != nil || !ok || kept.Kind != kindHybrid {
		return token.Claims{}, false, err
	}
	if p.Keep == store.KeepID { // the token itself has the rest
		return c, true, nil
	}
	return kept.Claims, true, nil
}
