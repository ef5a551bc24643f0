package issuer

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
	"go.yaml.in/yaml/v3"
)

// KeySet is a JWK Set with the public keys of somebody who signs assertions
// (RFC 7517, section 5). In a configuration file it stands as it is published.
type KeySet jose.JSONWebKeySet

// UnmarshalYAML reads a JWK Set, which in YAML may look like JSON. Its errors tell
// nothing of the keys, since one of them may be private by mistake.
func (s *KeySet) UnmarshalYAML(node *yaml.Node) error {
	var plain map[string]any
	if err := node.Decode(&plain); err != nil {
		return fmt.Errorf("line %d: not a JWK Set", node.Line)
	}
	b, err := json.Marshal(plain)
	if err == nil {
		err = json.Unmarshal(b, (*jose.JSONWebKeySet)(s))
	}
	if err != nil {
		return fmt.Errorf("line %d: not a JWK Set", node.Line)
	}
	return nil
}

// validate wants keys, and each of them public and strong enough to sign with.
func (s KeySet) validate() error {
	if len(s.Keys) == 0 {
		return errors.New("jwks: no key")
	}
	for n := range s.Keys {
		if k := &s.Keys[n]; !k.Valid() || !k.IsPublic() || len(algorithmsOf(k)) == 0 {
			return fmt.Errorf("jwks: key %d is not public, or not one to verify signatures with", n+1)
		}
	}
	return nil
}

// algorithmsOf lists what the key may verify: what fits its type and size and, when
// it names an algorithm, that one alone (RFC 8725, section 3.1).
func algorithmsOf(k *jose.JSONWebKey) []jose.SignatureAlgorithm {
	if k.Use == "enc" {
		return nil
	}
	var fit []jose.SignatureAlgorithm
	switch public := k.Key.(type) {
	case *rsa.PublicKey:
		// RFC 7518, section 3.3: a key of 2048 bits or larger MUST be used.
		if public.N.BitLen() >= 2048 {
			fit = []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512}
		}
	case *ecdsa.PublicKey:
		switch public.Curve {
		case elliptic.P256():
			fit = []jose.SignatureAlgorithm{jose.ES256}
		case elliptic.P384():
			fit = []jose.SignatureAlgorithm{jose.ES384}
		case elliptic.P521():
			fit = []jose.SignatureAlgorithm{jose.ES512}
		}
	case ed25519.PublicKey:
		fit = []jose.SignatureAlgorithm{jose.EdDSA}
	}
	if k.Algorithm == "" {
		return fit
	}
	return slices.DeleteFunc(fit, func(a jose.SignatureAlgorithm) bool { return string(a) != k.Algorithm })
}
