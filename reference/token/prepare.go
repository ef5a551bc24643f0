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
	byHeader    map[string]*signingKey
}

// signingKey is a key with what is the same in each of its tokens.
type signingKey struct {
	entry           keys.Entry
	method          method
	private, public any    // as the method wants them
	header          string // base64url
}

func prepare(set *keys.Set) (*prepared, error) {
	p := &prepared{set, map[keys.Algorithm]*signingKey{}, map[string]*signingKey{}}
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
		s := &signingKey{entry, m, key.Private, key.Public(), encoding.EncodeToString(header)}
		if secret := key.Secret(); secret != nil {
			s.private, s.public = secret, secret
		}
		p.byHeader[s.header] = s
		if signs, _ := set.ByAlgorithm(key.Algorithm); signs == key {
			p.byAlgorithm[key.Algorithm] = s
		}
	}
	return p, nil
}
