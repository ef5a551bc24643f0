package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"fmt"
	"io"
	"slices"
)

// Generate makes a key of the algorithm's default size. Randomness comes from rand
// as far as the standard library lets a caller choose it: for RSA and ECDSA it
// always takes the system's.
func Generate(a Algorithm, rand io.Reader) (*Key, error) { return GenerateSized(a, 0, rand) }

// GenerateSized makes a key of one of the sizes, in bits, that the algorithm's
// [Description] lists; 0 is the default.
func GenerateSized(a Algorithm, bits int, rand io.Reader) (*Key, error) {
	d, ok := Describe(a)
	if !ok {
		return nil, fmt.Errorf("generate key: unknown algorithm %q", string(a))
	}
	if bits == 0 {
		bits = d.Bits[0]
	}
	if !slices.Contains(d.Bits, bits) {
		return nil, fmt.Errorf("generate %s key: no keys of %d bits, only of %v", a, bits, d.Bits)
	}
	if d.Shared() {
		secret := make([]byte, bits/8)
		if _, err := io.ReadFull(rand, secret); err != nil {
			return nil, fmt.Errorf("generate %s key: %w", a, err)
		}
		return NewSecret(a, secret)
	}
	private, err := newPrivate(d, bits, rand)
	if err != nil {
		return nil, fmt.Errorf("generate %s key: %w", a, err)
	}
	return New(a, private)
}

// GenerateRing makes a ring with a new key for each algorithm.
func GenerateRing(rand io.Reader, algorithms ...Algorithm) (*Ring, error) {
	var all []*Key
	for _, a := range algorithms {
		k, err := Generate(a, rand)
		if err != nil {
			return nil, err
		}
		all = append(all, k)
	}
	return NewRing(all...)
}

func newPrivate(d Description, bits int, rand io.Reader) (crypto.Signer, error) {
	switch d.Family {
	case RSAPKCS1, RSAPSS:
		return rsa.GenerateKey(rand, bits)
	case ECDSA:
		return ecdsa.GenerateKey(curve(d), rand)
	case EdwardsDSA:
		_, private, err := ed25519.GenerateKey(rand)
		return private, err
	case MLDSA:
		return generateMLDSA(d.Name, rand)
	}
	return nil, fmt.Errorf("family %s has no key pairs", d.Family)
}

// curve returns the one curve of an ECDSA algorithm (RFC 7518, section 3.4).
func curve(d Description) elliptic.Curve {
	switch d.Name {
	case ES256:
		return elliptic.P256()
	case ES384:
		return elliptic.P384()
	}
	return elliptic.P521()
}

// Fitting lists the algorithms that a public key, or a shared secret, is of the type and
// the size for.
func Fitting(public any) []Algorithm {
	var fitting []Algorithm
	for _, d := range algorithms {
		if d.fits(public) {
			fitting = append(fitting, d.Name)
		}
	}
	return fitting
}

func (d Description) fits(public any) bool {
	switch k := public.(type) {
	case []byte:
		// RFC 7518, section 3.2: a key of the size of the hash output or larger.
		return d.Family == HMAC && 8*len(k) >= d.Bits[0]
	case *rsa.PublicKey:
		return (d.Family == RSAPKCS1 || d.Family == RSAPSS) && k.N.BitLen() >= d.Bits[0]
	case *ecdsa.PublicKey:
		return d.Family == ECDSA && k.Curve == curve(d)
	case ed25519.PublicKey:
		return d.Family == EdwardsDSA && len(k) == ed25519.PublicKeySize
	}
	a, ok := AlgorithmMLDSA(public)
	return ok && a == d.Name
}
