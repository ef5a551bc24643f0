package corpus

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

// published are the issuer's keys, by kid.
type published map[string]any

// published reads the good keys. The bad ones are there to be passed over, and private
// ones are a mistake of whoever made the corpus.
func (c *Corpus) published() (published, error) {
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(c.JWKS, &set); err != nil {
		return nil, fmt.Errorf("corpus: JWK Set: %w", err)
	}
	out := published{}
	for _, raw := range set.Keys {
		var members map[string]any
		if err := json.Unmarshal(raw, &members); err != nil {
			return nil, fmt.Errorf("corpus: JWK: %w", err)
		}
		for _, private := range []string{"d", "p", "q", "k", "priv"} {
			if _, ok := members[private]; ok {
				return nil, fmt.Errorf("corpus: the JWK %v has the private member %s", members["kid"], private)
			}
		}
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) == nil {
			out[key.KeyID] = key.Key
		}
	}
	return out, nil
}

// signed reports whether a text is a JWS in compact form with a valid signature by the
// key of that algorithm.
func (p published) signed(a keys.Algorithm, text string) bool {
	cut := strings.LastIndexByte(text, '.')
	if cut < 0 || strings.Count(text, ".") != 2 {
		return false
	}
	signature, ok := decode(text[cut+1:])
	return ok && token.SignatureValid(a, p[string(a)], text[:cut], signature)
}

// decode is strict: a text that isn't what encoding gives is none.
func decode(part string) ([]byte, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	return raw, err == nil && encode(raw) == part
}
