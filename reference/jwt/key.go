package jwt

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/exactjson"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// Key verifies signatures by the one algorithm that it is for.
type Key struct {
	ID        string // kid; empty where the JWK has none
	Algorithm keys.Algorithm
	Public    any // a public key of crypto's or circl's; []byte for HMAC
}

// jwk holds the members of a JWK that are looked at beside the key itself.
type jwk struct {
	KeyType    string   `json:"kty"`
	Use        *string  `json:"use"`
	Operations []string `json:"key_ops"`
	Algorithm  *string  `json:"alg"`
	KeyID      *string  `json:"kid"`
	Secret     string   `json:"k"`
	Public     string   `json:"pub"`
}

var (
	errKeyForm = errors.New("not a valid JWK")
	errKeyUse  = errors.New("the JWK isn't for verifying signatures")
	errKeyAlg  = errors.New("the JWK doesn't fit exactly one of the allowed algorithms")
	errKeyWeak = errors.New("the JWK is of a key that can be broken")
)

// ParseKey returns the key of a JWK (RFC 7517, section 4), public or shared, pinned to one of the allowed
// algorithms: the one that it names, or the only one that its type and size fit.
// Between several it doesn't choose. No error holds any part of the key.
func ParseKey(raw []byte, allowed []keys.Algorithm) (*Key, error) {
	var k jwk
	if exactjson.Unmarshal(raw, &k) != nil {
		return nil, errKeyForm
	}
	if err := checkUse(k); err != nil {
		return nil, err
	}
	public, err := k.public(raw)
	if err != nil {
		return nil, err
	}
	if err := checkStrength(public); err != nil {
		return nil, err
	}
	a, err := pin(k, public, allowed)
	if err != nil {
		return nil, err
	}
	key := &Key{Algorithm: a, Public: public}
	if k.KeyID != nil {
		key.ID = *k.KeyID
	}
	return key, nil
}

// RFC 7517, sections 4.2 and 4.3: a key for encryption, or for other operations than
// to verify, verifies nothing.
func checkUse(k jwk) error {
	if k.Use != nil && *k.Use != "sig" {
		return errKeyUse
	}
	if k.Operations != nil && !slices.Contains(k.Operations, "verify") {
		return errKeyUse
	}
	return nil
}

// public decodes the key. A private key is refused: whoever sent it has made it known.
func (k *jwk) public(raw []byte) (any, error) {
	switch k.KeyType {
	case "oct":
		secret, err := encoding.DecodeString(k.Secret)
		if err != nil || len(secret) == 0 {
			return nil, errKeyForm
		}
		return secret, nil
	case "AKP":
		// RFC 9964: its alg is REQUIRED, and says which parameter set the octets of pub are of.
		if octets, err := encoding.DecodeString(k.Public); err == nil && k.Algorithm != nil {
			if public, err := keys.PublicMLDSA(keys.Algorithm(*k.Algorithm), octets); err == nil {
				return public, nil
			}
		}
		return nil, errKeyForm
	}
	var decoded jose.JSONWebKey
	if decoded.UnmarshalJSON(raw) != nil || !decoded.IsPublic() {
		return nil, errKeyForm
	}
	return decoded.Key, nil
}

// pin returns the one algorithm of a key (RFC 8725, section 3.1).
func pin(k jwk, public any, allowed []keys.Algorithm) (keys.Algorithm, error) {
	found := slices.DeleteFunc(keys.Fitting(public), func(a keys.Algorithm) bool {
		return !slices.Contains(allowed, a) || k.Algorithm != nil && *k.Algorithm != string(a)
	})
	if len(found) != 1 {
		return "", errKeyAlg
	}
	return found[0], nil
}

// checkStrength refuses keys that no algorithm makes good. The decoder has refused points
// that aren't on their curve, and those of Ed25519 with which one signature is valid
// for many texts.
func checkStrength(public any) error {
	// RFC 7518, sections 3.3 and 3.5: a key of 2048 bits or larger. An exponent of 1
	// would make every text its own signature.
	key, ok := public.(*rsa.PublicKey)
	if ok && (key.N.BitLen() < 2048 || key.N.BitLen() > 8192 || key.E < 3 || key.E%2 == 0 || factorable(key.N)) {
		return errKeyWeak
	}
	return nil
}

// ParseKeySet returns the keys of a published JWK Set (RFC 7517, section 5) that can
// verify signatures, by kid.
//
// RFC 7517, section 5: keys of a type that isn't understood or with values outside
// the supported ranges are ignored, not an error of the set. So are symmetric and
// private keys, which no issuer should publish, and keys without a kid, which no
// token can name.
//
// RFC 7517, section 4.5: distinct keys should have distinct kids. Choosing between
// two of the same kid would be guessing, so such a set is refused as a whole.
func ParseKeySet(data []byte, allowed []keys.Algorithm) (map[string]*Key, error) {
	var set struct {
		Keys []rawKey `json:"keys"`
	}
	if exactjson.Unmarshal(data, &set) != nil || set.Keys == nil {
		return nil, errors.New("the answer is not a JWK Set")
	}
	found := make(map[string]*Key, len(set.Keys))
	taken := map[string]bool{}
	for _, raw := range set.Keys {
		key, err := ParseKey(raw, allowed)
		if err != nil || key.ID == "" {
			continue
		}
		if _, shared := key.Public.([]byte); shared {
			continue
		}
		if taken[key.ID] {
			return nil, fmt.Errorf("the JWK Set has two keys with one kid")
		}
		taken[key.ID] = true
		found[key.ID] = key
	}
	return found, nil
}

// rawKey is a member of a set, as it was sent.
type rawKey []byte

// UnmarshalJSON implements [json.Unmarshaler].
func (r *rawKey) UnmarshalJSON(data []byte) error {
	*r = slices.Clone(data)
	return nil
}
