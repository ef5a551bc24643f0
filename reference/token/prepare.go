package token

import (
	"encoding/json"
	"fmt"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// prepared is what a Signer needs of a ring that doesn't change any more.
type prepared struct {
	of          *keys.Set
	byAlgorithm map[keys.Algorithm]*signingKey
	byHeader    map[string][]*signingKey // several where the header doesn't name the key
}

// signingKey is a key with what is the same in each of its tokens.
type signingKey struct {
	entry           keys.Entry
	method          method
	private, public any    // as the method wants them
	header          string // base64url
	bare            string // base64url; of alg alone
}

func prepare(set *keys.Set, bare bool) (*prepared, error) {
	p := &prepared{set, map[keys.Algorithm]*signingKey{}, map[string][]*signingKey{}}
	for _, entry := range set.Entries() {
		key := entry.Key
		m, ok := methods[key.Algorithm]
		if !ok {
			return nil, fmt.Errorf("prepare %v: no signing method", key)
		}
		header, err := json.Marshal(struct {
			Type      string `json:"typ"`
			Algorithm string `json:"alg"`
			KeyID     string `json:"kid"`
		}{Type, string(key.Algorithm), key.ID})
		if err != nil {
			return nil, fmt.Errorf("prepare %v: %w", key, err)
		}
		s := &signingKey{entry, m, key.Private, key.Public(), encoding.EncodeToString(header), bareHeader(key.Algorithm)}
		if secret := key.Secret(); secret != nil {
			s.private, s.public = secret, secret
		}
		p.byHeader[s.header] = append(p.byHeader[s.header], s)
		if bare {
			p.byHeader[s.bare] = append(p.byHeader[s.bare], s)
		}
		if signs, _ := set.ByAlgorithm(key.Algorithm); signs == key {
			p.byAlgorithm[key.Algorithm] = s
		}
	}
	return p, nil
}

func bareHeader(a keys.Algorithm) string {
	return encoding.EncodeToString(append(AppendString([]byte(`{"alg":`), string(a)), '}'))
}
