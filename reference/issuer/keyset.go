package issuer

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/jwt"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// KeySet is a JWK Set with the public keys of somebody who signs assertions
// (RFC 7517, section 5). In a configuration file it stands as it is published. Its
// keys are those of crypto, and of circl for ML-DSA.
type KeySet jose.JSONWebKeySet

// UnmarshalJSON reads a JWK Set. Its errors tell nothing of the keys, since one of
// them may be private by mistake.
func (s *KeySet) UnmarshalJSON(text []byte) error {
	var plain struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &plain); err != nil {
		return errNoKeySet
	}
	for _, text := range plain.Keys {
		k, err := decodeKey(text)
		if err != nil {
			return errNoKeySet
		}
		s.Keys = append(s.Keys, k)
	}
	return nil
}

var errNoKeySet = errors.New("not a JWK Set")

// decodeKey reads a JWK. go-jose doesn't know the type AKP (RFC 9964).
func decodeKey(text []byte) (k jose.JSONWebKey, err error) {
	var about struct {
		Type    string `json:"kty"`
		Private any    `json:"priv"`
	}
	if err := json.Unmarshal(text, &about); err != nil {
		return k, err
	}
	if about.Type != "AKP" {
		return k, k.UnmarshalJSON(text)
	}
	if about.Private != nil {
		return k, errors.New("a private key")
	}
	parsed, err := jwt.ParseKey(text, keys.Algorithms())
	if err != nil {
		return k, err
	}
	return jose.JSONWebKey{Key: parsed.Public, KeyID: parsed.ID, Algorithm: string(parsed.Algorithm)}, nil
}

// MarshalJSON writes what [KeySet.UnmarshalJSON] reads.
func (s KeySet) MarshalJSON() ([]byte, error) {
	set := struct {
		Keys []json.RawMessage `json:"keys"`
	}{Keys: []json.RawMessage{}}
	for n := range s.Keys {
		text, err := keys.MarshalPublic(s.Keys[n])
		if err != nil {
			return nil, err
		}
		set.Keys = append(set.Keys, text)
	}
	return json.Marshal(set)
}

// validate wants keys, and each of them public and strong enough to sign with.
func (s KeySet) validate() error {
	if len(s.Keys) == 0 {
		return errors.New("jwks: no key")
	}
	for n := range s.Keys {
		// A key that an algorithm fits is a public one.
		if len(algorithmsOf(&s.Keys[n])) == 0 {
			return fmt.Errorf("jwks: key %d is not public, or not one to verify signatures with", n+1)
		}
	}
	return nil
}

// algorithmsOf lists what the key may verify: what fits its type and size and, when
// it names an algorithm, that one alone (RFC 8725, section 3.1).
func algorithmsOf(k *jose.JSONWebKey) []keys.Algorithm {
	_, mldsa := keys.AlgorithmMLDSA(k.Key) // which go-jose doesn't know
	if k.Use == "enc" || !mldsa && !(k.IsPublic() && k.Valid()) {
		return nil
	}
	return slices.DeleteFunc(keys.Fitting(k.Key), func(a keys.Algorithm) bool { return k.Algorithm != "" && k.Algorithm != string(a) })
}
