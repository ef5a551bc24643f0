package verifier

import (
	"crypto"
	"encoding/json"
	"errors"

	"github.com/go-jose/go-jose/v4"
)

// verificationKey is a published key and the one algorithm that it is used with.
type verificationKey struct {
	algorithm string
	public    crypto.PublicKey
}

// parseKeySet returns the keys of a JWK Set that can verify signatures, by kid.
//
// RFC 7517, section 5: keys of a type that isn't understood or with values outside
// the supported ranges are ignored, not an error of the set. So are symmetric and
// private keys, which no issuer should publish, and keys without a kid, which no
// token can name.
//
// RFC 7517, section 4.5: distinct keys should have distinct kids. Choosing between
// two of the same kid would be guessing, so such a set is refused as a whole.
func parseKeySet(data []byte) (map[string]verificationKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if decodeStrict(data, &set) != nil || set.Keys == nil {
		return nil, errors.New("the answer is not a JWK Set")
	}
	keys := make(map[string]verificationKey, len(set.Keys))
	for _, raw := range set.Keys {
		id, key, ok := parseKey(raw)
		if !ok {
			continue
		}
		if _, taken := keys[id]; taken {
			return nil, errors.New("the JWK Set has two keys with one kid")
		}
		keys[id] = key
	}
	return keys, nil
}

func parseKey(raw []byte) (id string, key verificationKey, ok bool) {
	var jwk jose.JSONWebKey
	if jwk.UnmarshalJSON(raw) != nil || jwk.KeyID == "" || !jwk.IsPublic() {
		return "", verificationKey{}, false
	}
	// RFC 7517, section 4.2: a key for encryption verifies nothing.
	if jwk.Use != "" && jwk.Use != "sig" {
		return "", verificationKey{}, false
	}
	// RFC 8725, section 3.1: each key is used with exactly one algorithm: the one that
	// it names and, named or not, the one that its type allows.
	algorithm, known := algorithmFor(jwk.Key)
	if !known || (jwk.Algorithm != "" && jwk.Algorithm != algorithm.name) {
		return "", verificationKey{}, false
	}
	return jwk.KeyID, verificationKey{algorithm.name, jwk.Key}, true
}
