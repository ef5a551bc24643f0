package issuer

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

// Introspector is a client that introspects for a resource server (RFC 7662, section 2.1),
// and what it is told.
type Introspector struct {
	ID string `json:"id,omitzero"`
	// Secret is for an introspector that gets no tokens. One of Clients has none here; it
	// proves who it is as it is registered there.
	Secret Secret `json:"secret,omitzero"`
	// Sees are the members of an answer that it is told beside active, hidden claims among
	// them, or "all" alone. Config.Introspectors need it; Config.Introspector sees all
	// without it.
	Sees    []string `json:"sees,omitzero"`
	Clients []string `json:"clients,omitzero"` // whose tokens it may ask about; everyone's when empty
	// Sign and Encrypt are for the answers that it accepts as JWTs (RFC 9701, section 6):
	// introspection_signed_response_alg, by default that of the first published key, and
	// introspection_encrypted_response_alg and _enc. Without Encrypt they are signed alone.
	Sign    keys.Algorithm `json:"sign,omitzero"`
	Encrypt Encryption     `json:"encrypt,omitzero"`
}

// seesAll is the word for everything that is known of a token.
const seesAll = "all"

func (n *Introspector) none() bool {
	return n.ID == "" && n.Secret == "" && n.Sees == nil && n.Clients == nil && n.Sign == "" && n.Encrypt.none()
}

// introspectors lists all that the configuration names. A client without tokens has nothing
// to do but introspect, and sees all unless it is listed.
func (c *Config) introspectors() []Introspector {
	all := slices.Clone(c.Introspectors)
	if !c.Introspector.none() {
		one := c.Introspector
		if len(one.Sees) == 0 {
			one.Sees = []string{seesAll}
		}
		all = append(all, one)
	}
	for _, client := range c.Clients {
		listed := slices.ContainsFunc(all, func(n Introspector) bool { return n.ID == client.ID })
		if client.Form == "" && client.method() != PublicClient && !listed {
			all = append(all, Introspector{ID: client.ID, Sees: []string{seesAll}})
		}
	}
	return all
}

// validateIntrospectors wants each of them once, and told what it may see.
func (c *Config) validateIntrospectors() error {
	registered := map[string]AuthMethod{}
	for _, client := range c.Clients {
		registered[client.ID] = client.method()
	}
	seen := map[string]bool{}
	for n, one := range c.introspectors() {
		where := fmt.Sprintf("introspectors %d", n+1)
		if n >= len(c.Introspectors) {
			where = "introspector"
		}
		if err := one.validate(registered, c.SecretHash); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		if seen[one.ID] {
			return fmt.Errorf("%s: id %q is taken", where, one.ID)
		}
		seen[one.ID] = true
	}
	return nil
}

func (n *Introspector) validate(registered map[string]AuthMethod, hash SecretHash) error {
	if err := validID(n.ID); err != nil {
		return err
	}
	switch method := registered[n.ID]; {
	case method == PublicClient:
		return fmt.Errorf("id %q is a public client, which can't prove who it is", n.ID)
	case method != "" && n.Secret != "":
		return fmt.Errorf("id %q is taken by a client, which has a secret of its own or needs none", n.ID)
	case method == "":
		if err := validSecret(n.Secret, hash); err != nil {
			return fmt.Errorf("secret: %w", err)
		}
	}
	if len(n.Sees) == 0 {
		return fmt.Errorf("sees: missing; name the members that it is told, or %s", seesAll)
	}
	if slices.Contains(n.Sees, seesAll) && len(n.Sees) > 1 || slices.Contains(n.Sees, "") {
		return fmt.Errorf("sees: members by name, or %s alone", seesAll)
	}
	for _, id := range n.Clients {
		if registered[id] == "" {
			return fmt.Errorf("clients: %q is not a client", id)
		}
	}
	if d, ok := keys.Describe(n.Sign); n.Sign != "" && (!ok || d.Shared()) {
		return fmt.Errorf("sign %q: not an algorithm with a key that is published", n.Sign)
	}
	if n.Encrypt.none() {
		return nil
	}
	_, _, _, err := n.Encrypt.prepare()
	return err
}

// view is what an introspector is told.
type view struct {
	members map[string]bool // nil for all
	owners  map[string]bool // whose tokens it may ask about; nil for everyone's
	sign    keys.Algorithm  // of its signed answers; empty for that of the first published key
	seal    *token.Encrypter
}

// registerIntrospectors tells the registered clients apart: who may introspect, and what.
func (i *Issuer) registerIntrospectors(c *Config) error {
	for _, n := range c.introspectors() {
		v := &view{sign: n.Sign}
		if n.Sees[0] != seesAll {
			v.members = setOf(n.Sees)
			v.members["active"] = true
		}
		if len(n.Clients) > 0 {
			v.owners = setOf(n.Clients)
		}
		if !n.Encrypt.none() {
			seal, _, _, err := n.Encrypt.prepare()
			if err != nil {
				return fmt.Errorf("introspector %q: %w", n.ID, err)
			}
			v.seal = seal
		}
		i.clients[n.ID].view = v
	}
	return nil
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// mayAsk reports whether a caller may introspect a token. An introspector may, within its
// list. Any other client may ask about its own tokens: it was given them, with their scope
// and lifetime, and can use them, so that it learns of itself and of the user that it acts
// for. Of all others it hears what it would hear of a token that doesn't exist.
//
// RFC 7662, section 2.2: active is false, too, when the caller isn't allowed to
// introspect this token; section 4: an open endpoint would be there to try out tokens.
func (c *client) mayAsk(about *token.Claims) bool {
	if about.ClientID == c.id {
		return true
	}
	return c.view != nil && (c.view.owners == nil || c.view.owners[about.ClientID])
}

// seesAll reports whether nothing is kept from the caller.
func (c *client) seesAll() bool { return c.view != nil && c.view.members == nil }

// shown returns what a caller may see of an answer.
func (c *client) shown(answer []byte) ([]byte, error) {
	if c.view == nil || c.view.members == nil {
		return answer, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(answer, &members); err != nil {
		return nil, fmt.Errorf("choose members of an answer: %w", err)
	}
	for name := range members {
		if !c.view.members[name] {
			delete(members, name)
		}
	}
	b, err := json.Marshal(members)
	if err != nil {
		return nil, errors.New("choose members of an answer: no JSON form")
	}
	return b, nil
}

// answerAlgorithm is what the caller's signed answers are signed with; empty for the default.
func (c *client) answerAlgorithm() keys.Algorithm {
	if c.view == nil {
		return ""
	}
	return c.view.sign
}
