package token

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// SignStatement signs what the issuer says beside tokens, an object in JSON, with the key
// of an algorithm or, when that is empty, with the first key of the ring that others can
// verify with. The typ, a media type without
// its "application/", tells it from a token (RFC 8725, section 3.11).
func (s *Signer) SignStatement(typ string, a keys.Algorithm, payload []byte) (string, error) {
	p, err := s.current()
	if err != nil {
		return "", fmt.Errorf("sign %s: %w", typ, err)
	}
	published := p.statementAlgorithms()
	if a == "" && len(published) > 0 {
		a = published[0]
	}
	if !slices.Contains(published, a) {
		return "", fmt.Errorf("sign %s: no key for %q that is published", typ, string(a))
	}
	key := p.byAlgorithm[a]
	header, err := json.Marshal(struct {
		Type      string `json:"typ"`
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
	}{typ, string(a), key.entry.Key.ID})
	if err != nil {
		return "", fmt.Errorf("sign %s: %w", typ, err)
	}
	input := encoding.EncodeToString(header) + "." + encoding.EncodeToString(payload)
	signature, err := key.method.Sign(input, key.private)
	if err != nil {
		return "", fmt.Errorf("sign %s with %s: %w", typ, a, err)
	}
	return input + "." + encoding.EncodeToString(signature), nil
}

// StatementAlgorithms returns what statements can be signed with, the default first;
// nothing when there is no key that is published.
func (s *Signer) StatementAlgorithms() []keys.Algorithm {
	p, err := s.current()
	if err != nil {
		return nil
	}
	return p.statementAlgorithms()
}

func (p *prepared) statementAlgorithms() []keys.Algorithm {
	var published []keys.Algorithm
	for _, entry := range p.of.Entries() {
		a := entry.Key.Algorithm
		// An HMAC key isn't published.
		if d, ok := keys.Describe(a); ok && !d.Shared() && p.byAlgorithm[a] != nil && !slices.Contains(published, a) {
			published = append(published, a)
		}
	}
	return published
}
