package jwt

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
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
	return PublicJWK(raw)
}

// PublicJWK decodes an asymmetric public key without judging what it is for.
//
// RFC 7517, section 4.7: the key in the first certificate of x5c MUST match the public
// key. A certificate of another key makes the JWK contradict itself, and it is refused;
// one that can't be read says nothing of the key, which stands in members of its own.
func PublicJWK(raw []byte) (any, error) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil, errKeyForm
	}
	var certificates []string
	_ = json.Unmarshal(members["x5c"], &certificates)
	for _, name := range []string{"x5c", "x5u", "x5t", "x5t#S256"} {
		delete(members, name)
	}
	bare, err := json.Marshal(members)
	var decoded jose.JSONWebKey
	if err != nil || decoded.UnmarshalJSON(bare) != nil || !decoded.IsPublic() {
		return nil, errKeyForm
	}
	if len(certificates) > 0 && contradicts(certificates[0], decoded.Key) {
		return nil, errKeyForm
	}
	return decoded.Key, nil
}

// contradicts reports whether a certificate is of another key than the public one.
func contradicts(certificate string, public any) bool {
	der, err := base64.StdEncoding.DecodeString(certificate)
	if err != nil {
		return false
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil || parsed.PublicKey == nil {
		return false
	}
	key, ok := public.(interface{ Equal(crypto.PublicKey) bool })
	return ok && !key.Equal(parsed.PublicKey)
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
// private keys, which no issuer should publish. A key without a kid, which no token can
// name, is of use when it is the only one.
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
	unnamed := 0
	for _, raw := range set.Keys {
		key, err := ParseKey(raw, allowed)
		if err != nil {
			continue
		}
		if _, shared := key.Public.([]byte); shared {
			continue
		}
		if key.ID == "" {
			unnamed++
		} else if found[key.ID] != nil {
			return nil, errors.New("the JWK Set has two keys with one kid")
		}
		found[key.ID] = key
	}
	if unnamed > 1 || len(found) > 1 {
		delete(found, "")
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
