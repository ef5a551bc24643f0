package keys

import (
	"crypto"
	"crypto/hmac"
	"crypto/sha256"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// errShared: a key that verifies could also forge.
var errShared = errors.New("an HMAC key has no public half")

// JWK is the public half as a JSON Web Key (RFC 7517, section 4). An HMAC key has
// none, which is an error.
func (k *Key) JWK() ([]byte, error) {
	if k.Private == nil {
		return nil, fmt.Errorf("encode %v: %w", k, errShared)
	}
	b, err := MarshalPublic(jose.JSONWebKey{Key: k.Public(), KeyID: k.ID, Algorithm: string(k.Algorithm), Use: "sig"})
	if err != nil {
		return nil, fmt.Errorf("encode %v: %w", k, err)
	}
	return b, nil
}

// MarshalPublic writes a public key, of ML-DSA too, whose type go-jose doesn't know.
func MarshalPublic(k jose.JSONWebKey) ([]byte, error) {
	a, ok := AlgorithmMLDSA(k.Key)
	if !ok {
		return json.Marshal(k)
	}
	public, err := newAKP(a, k.Key)
	if err != nil {
		return nil, err
	}
	public.Use, public.KeyID = k.Use, k.KeyID
	return json.Marshal(public)
}

// akp is a public key of the type AKP, Algorithm Key Pair.
//
// RFC 9964, on this type: alg and pub are REQUIRED, and priv MUST NOT be present in
// public keys, so there is no field for it.
type akp struct {
	Use       string `json:"use,omitempty"`
	KeyID     string `json:"kid,omitempty"`
	Algorithm string `json:"alg"`
	KeyType   string `json:"kty"`
	Public    string `json:"pub"`
}

func newAKP(a Algorithm, public crypto.PublicKey) (akp, error) {
	octets, ok := public.(encoding.BinaryMarshaler)
	if !ok {
		return akp{}, fmt.Errorf("a key of %T has no octets", public)
	}
	raw, err := octets.MarshalBinary()
	if err != nil {
		return akp{}, err
	}
	return akp{Algorithm: string(a), KeyType: "AKP", Public: base64.RawURLEncoding.EncodeToString(raw)}, nil
}

// Thumbprint is the SHA-256 JWK Thumbprint of a public key (RFC 7638, section 3).
//
// RFC 9964, on AKP thumbprints: the required members are, in their order, alg, kty
// and pub, which is that of akp's fields with the optional ones left out.
func Thumbprint(a Algorithm, public crypto.PublicKey) (string, error) {
	var sum []byte
	if d, _ := Describe(a); d.Family == MLDSA {
		required, err := newAKP(a, public)
		if err != nil {
			return "", err
		}
		b, err := json.Marshal(required)
		if err != nil {
			return "", err
		}
		whole := sha256.Sum256(b)
		sum = whole[:]
	} else {
		var err error
		if sum, err = (&jose.JSONWebKey{Key: public}).Thumbprint(crypto.SHA256); err != nil {
			return "", err
		}
	}
	return base64.RawURLEncoding.EncodeToString(sum), nil
}

// secretID names a secret. RFC 7638, section 7, warns of publishing a symmetric
// key's thumbprint. The text has no dot, so it is no token's signing input.
func secretID(secret []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("oauthmark kid"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
