package issuer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// profileOf returns how the tokens of a client look.
func (c *Config) profileOf(own string) (*token.Profile, error) {
	name := own
	if name == "" {
		name = c.Profile
	}
	p, err := token.ParseProfile(name)
	if err != nil {
		return nil, err
	}
	return p.With(c.AudienceAs, c.ScopeAs)
}

// validateProfiles checks how tokens are to look, and whose.
func (c *Config) validateProfiles() error {
	if _, err := c.profileOf(""); err != nil {
		return err
	}
	for n := range c.Clients {
		client := &c.Clients[n]
		if _, err := c.profileOf(client.Profile); err != nil {
			return fmt.Errorf("client %d: %w", n+1, err)
		}
		if !printable(client.Owner) {
			return fmt.Errorf("client %d: owner: not printable ASCII", n+1)
		}
		if c.ApplicationUsername && client.Owner == "" && slices.Contains(client.grants(), ClientCredentials) {
			return fmt.Errorf("client %d: owner: missing, and application_username tells it", n+1)
		}
		if _, _, err := splitClaims(client.Claims); err != nil {
			return fmt.Errorf("client %d: %w", n+1, err)
		}
	}
	return nil
}

// appear prepares how the client's tokens look, and what they say of their own.
func (c *client) appear(whole *Config, registered *Client) error {
	p, err := whole.profileOf(registered.Profile)
	if err != nil {
		return err
	}
	c.profile = p
	visible, hidden, err := splitClaims(registered.Claims)
	if err != nil {
		return err
	}
	if c.custom, err = p.Custom(visible); err != nil {
		return err
	}
	if c.hidden, err = p.Custom(hidden); err != nil {
		return err
	}
	if whole.ApplicationUsername {
		c.owner = registered.Owner
	}
	c.bound = registered.Bound
	c.showUserClaims = whole.UserClaimsInToken
	c.keeps = p.Keeps() || hidden != nil || slices.Contains(c.grants, JWTBearer) && whole.carriesHidden() ||
		slices.Contains(c.grants, AuthorizationCode) && slices.Contains(c.scopes, scopeOpenID)
	return nil
}

// carriesHidden reports whether an assertion can bring a claim that must be hidden.
func (c *Config) carriesHidden() bool {
	return slices.ContainsFunc(c.TrustedIssuers, func(t TrustedIssuer) bool { return len(t.HiddenClaims) > 0 })
}

// splitClaims returns the claims of a client as two objects, public ones and those for
// introspectors; nil for one without members.
func splitClaims(all []CustomClaim) (visible, hidden json.RawMessage, err error) {
	objects := map[bool]map[string]any{false: {}, true: {}}
	for _, claim := range all {
		_, seen := objects[false][claim.Name]
		_, hides := objects[true][claim.Name]
		if claim.Name == "" || token.Reserved(claim.Name) || seen || hides {
			return nil, nil, fmt.Errorf("claim %q: reserved, or there twice", claim.Name)
		}
		objects[claim.Hidden][claim.Name] = claim.Value
	}
	if visible, err = membersOf(objects[false]); err != nil {
		return nil, nil, err
	}
	hidden, err = membersOf(objects[true])
	return visible, hidden, err
}

// membersOf returns members as a bounded JSON object, in the order of their names, and
// nothing when there are none.
func membersOf[V any](members map[string]V) (json.RawMessage, error) {
	if len(members) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(members)
	if err != nil || len(b) > maxCustom {
		return nil, errors.New("claims: larger than allowed, or without a JSON form")
	}
	return b, nil
}

// customClaims joins the claims of an assertion with those of the client, which win. A
// hidden name is hidden wherever it comes from.
func (g *grant) customClaims() (visible, hidden json.RawMessage, err error) {
	c := g.client
	if g.custom == nil && g.hidden == nil {
		return c.custom, c.hidden, nil
	}
	var parts [4]map[string]json.RawMessage
	for n, part := range []json.RawMessage{g.custom, g.hidden, c.custom, c.hidden} {
		if part, err = c.profile.Custom(part); err != nil {
			return nil, nil, err
		}
		if part != nil {
			if err := json.Unmarshal(part, &parts[n]); err != nil {
				return nil, nil, fmt.Errorf("custom claims: %w", err)
			}
		}
	}
	shown, secret := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	maps.Copy(shown, parts[0])
	maps.Copy(secret, parts[1])
	for name := range parts[2] {
		delete(secret, name)
	}
	maps.Copy(shown, parts[2])
	maps.Copy(secret, parts[3])
	for name := range secret {
		delete(shown, name)
	}
	return both(membersOf(shown))(membersOf(secret))
}

func both(a json.RawMessage, err error) func(json.RawMessage, error) (json.RawMessage, json.RawMessage, error) {
	return func(b json.RawMessage, other error) (json.RawMessage, json.RawMessage, error) {
		return a, b, errors.Join(err, other)
	}
}

// audience returns the aud of a token: the resource, unless the profile has it only
// where it is asked for.
func (c *client) audience(f form) string {
	if c.profile.AsksForAudience() && !f.has("resource") {
		return ""
	}
	return c.resource
}

// kindHybrid is the kind of the record beside a self-contained token. No other kind
// of record is found in its place, nor it in that of another.
const kindHybrid = store.Hybrid

// sign makes a self-contained token and keeps a record beside it where it takes one. The
// claims come back with the identifier, and what else signing adds to them.
func (i *Issuer) sign(ctx context.Context, g *grant, claims token.Claims) (string, token.Claims, error) {
	p := g.client.profile
	id, err := p.NewID(i.rand)
	if err != nil {
		return "", claims, err
	}
	claims.ID = id
	if len(id) == token.IDLength {
		// Without a record, the identifier tells the family.
		claims.ID = token.FamilyID(g.family, id)
		if i.lists != nil {
			if err := i.enroll(ctx, g.family, &claims); err != nil {
				return "", claims, err
			}
		}
	}
	tok, err := i.signer.SignAs(p, g.client.form.Algorithm(), &claims)
	if err != nil {
		return "", claims, err
	}
	if seal := g.client.seal; seal != nil {
		if tok, err = seal.Encrypt(tok); err != nil {
			return "", claims, err
		}
	}
	return tok, claims, i.record(ctx, i.hybrid(g.client), hybridValue(g.client, claims.ID, tok), tok,
		store.Record{Kind: kindHybrid, Family: g.family, Claims: claims})
}

// owner returns the client that a token was issued to, if it is still registered.
func (i *Issuer) owner(c *token.Claims) *client {
	if known, ok := i.clients[c.ClientID]; ok {
		return known
	}
	return i.nobody
}

// appendAnswer appends what the caller is told of an active token. Hidden claims are
// for introspectors (RFC 7662, section 5, on telling each only what it needs).
func (i *Issuer) appendAnswer(b []byte, caller *client, c *token.Claims, kind store.Kind) []byte {
	of := i.owner(c)
	form, _ := of.form.Kind()
	return of.profile.AppendAnswer(b, c, token.Asker{
		Refresh: kind == store.Refresh, SelfContained: form == token.SelfContained, Hidden: caller.view != nil, Owner: of.owner,
	})
}

// profiles lists the profiles of all clients.
func (i *Issuer) profiles() []*token.Profile {
	all := make([]*token.Profile, 0, len(i.clients))
	for _, c := range i.clients {
		all = append(all, c.profile)
	}
	return all
}
