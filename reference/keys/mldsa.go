package keys

import (
	"crypto"
	"fmt"
	"io"

	"github.com/cloudflare/circl/sign"
	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"
)

// SeedBytes is the length of the seed that an ML-DSA key pair is expanded from.
// RFC 9964, on ML-DSA private keys: priv MUST be this seed, and never the expanded key.
const SeedBytes = 32

// schemes are the parameter sets. The whole table of circl would link 19 schemes that
// no JWS has.
var schemes = map[Algorithm]sign.Scheme{MLDSA44: mldsa44.Scheme(), MLDSA65: mldsa65.Scheme(), MLDSA87: mldsa87.Scheme()}

// NewMLDSA expands a seed into the key pair of an ML-DSA algorithm (FIPS 204,
// ML-DSA.KeyGen_internal).
func NewMLDSA(a Algorithm, seed [SeedBytes]byte) (*Key, error) {
	scheme, ok := schemes[a]
	if !ok {
		return nil, fmt.Errorf("expand seed: %q is not an ML-DSA algorithm", string(a))
	}
	_, private := scheme.DeriveKey(seed[:])
	return New(a, private)
}

func generateMLDSA(a Algorithm, rand io.Reader) (crypto.Signer, error) {
	var seed [SeedBytes]byte
	if _, err := io.ReadFull(rand, seed[:]); err != nil {
		return nil, err
	}
	_, private := schemes[a].DeriveKey(seed[:])
	return private, nil
}

// PublicMLDSA decodes a public key of an ML-DSA algorithm.
func PublicMLDSA(a Algorithm, octets []byte) (crypto.PublicKey, error) {
	scheme, ok := schemes[a]
	if !ok {
		return nil, fmt.Errorf("%q is not an ML-DSA algorithm", string(a))
	}
	return scheme.UnmarshalBinaryPublicKey(octets)
}

// AlgorithmMLDSA returns the parameter set of a public key; ok is false for other keys.
func AlgorithmMLDSA(public crypto.PublicKey) (a Algorithm, ok bool) {
	k, ok := public.(sign.PublicKey)
	if !ok {
		return "", false
	}
	a = Algorithm(k.Scheme().Name())
	_, ok = schemes[a]
	return a, ok
}
