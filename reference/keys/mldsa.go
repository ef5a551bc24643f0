package keys

import (
	"crypto"
	"fmt"
	"io"

	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"
)

// SeedBytes is the length of the seed that an ML-DSA key pair is expanded from.
// RFC 9964, on ML-DSA private keys: priv MUST be this seed, and never the expanded key.
const SeedBytes = 32

// NewMLDSA expands a seed into the key pair of an ML-DSA algorithm (FIPS 204,
// ML-DSA.KeyGen_internal).
func NewMLDSA(a Algorithm, seed [SeedBytes]byte) (*Key, error) {
	private, err := expandMLDSA(a, &seed)
	if err != nil {
		return nil, err
	}
	return New(a, private)
}

func generateMLDSA(a Algorithm, rand io.Reader) (crypto.Signer, error) {
	var seed [SeedBytes]byte
	if _, err := io.ReadFull(rand, seed[:]); err != nil {
		return nil, err
	}
	return expandMLDSA(a, &seed)
}

func expandMLDSA(a Algorithm, seed *[SeedBytes]byte) (crypto.Signer, error) {
	switch a {
	case MLDSA44:
		_, private := mldsa44.NewKeyFromSeed(seed)
		return private, nil
	case MLDSA65:
		_, private := mldsa65.NewKeyFromSeed(seed)
		return private, nil
	case MLDSA87:
		_, private := mldsa87.NewKeyFromSeed(seed)
		return private, nil
	}
	return nil, fmt.Errorf("expand seed: %q is not an ML-DSA algorithm", string(a))
}

// algorithmMLDSA returns the parameter set of a public key.
func algorithmMLDSA(public crypto.PublicKey) (Algorithm, bool) {
	switch public.(type) {
	case *mldsa44.PublicKey:
		return MLDSA44, true
	case *mldsa65.PublicKey:
		return MLDSA65, true
	case *mldsa87.PublicKey:
		return MLDSA87, true
	}
	return "", false
}
