package token

import (
	"encoding/json"
	"fmt"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// SignStatement signs what the issuer says beside tokens, an object in JSON, with the
// first key of the ring that others can verify with. The typ, a media type without
// its "application/", tells it from a token (RFC 8725, section 3.11).
func (s *Signer) SignStatement(typ string, payload []byte) (string, error) {
	p, err := s.current()
	if err != nil {
		return "", fmt.Errorf("sign %s: %w", typ, err)
	}
	a, ok := p.statementAlgorithm()
	if !ok {
		return "", fmt.Errorf("sign %s: no key that is published", typ)
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

// StatementAlgorithm returns what statements are signed with; ok is false when there
// is no key that is published.
func (s *Signer) StatementAlgorithm() (a keys.Algorithm, ok bool) {
	p, err := s.current()
	if err != nil {
		return "", false
	}
	return p.statementAlgorithm()
}

func (p *prepared) statementAlgorithm() (keys.Algorithm, bool) {
	for _, entry := range p.of.Entries() {
		a := entry.Key.Algorithm
		// An HMAC key isn't published.
		if d, ok := keys.Describe(a); ok && !d.Shared() && p.byAlgorithm[a] != nil {
			return a, true
		}
	}
	return "", false
}
