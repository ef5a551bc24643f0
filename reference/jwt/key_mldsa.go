package jwt

import (
	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// publicMLDSA decodes a key of the type AKP. RFC 9964: its alg is REQUIRED, and says
// which parameter set the octets of pub are of.
func (k *jwk) publicMLDSA() (any, error) {
	if k.Algorithm == nil {
		return nil, errKeyForm
	}
	octets, err := encoding.DecodeString(k.Public)
	if err != nil {
		return nil, errKeyForm
	}
	var key interface{ UnmarshalBinary([]byte) error }
	switch keys.Algorithm(*k.Algorithm) {
	case keys.MLDSA44:
		key = new(mldsa44.PublicKey)
	case keys.MLDSA65:
		key = new(mldsa65.PublicKey)
	case keys.MLDSA87:
		key = new(mldsa87.PublicKey)
	default:
		return nil, errKeyForm
	}
	if key.UnmarshalBinary(octets) != nil {
		return nil, errKeyForm
	}
	return key, nil
}

// parameterSet returns the algorithm of an ML-DSA key; nothing for other keys.
func parameterSet(public any) keys.Algorithm {
	switch public.(type) {
	case *mldsa44.PublicKey:
		return keys.MLDSA44
	case *mldsa65.PublicKey:
		return keys.MLDSA65
	case *mldsa87.PublicKey:
		return keys.MLDSA87
	}
	return ""
}
