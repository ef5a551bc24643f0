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

// Algorithm is the name of a JWS signature algorithm, the alg of a token's header
// (RFC 7518, section 3.1; RFC 8037, section 3.1).
type Algorithm string

const (
	RS256 Algorithm = "RS256" // RSASSA-PKCS1-v1_5 with SHA-256
	ES256 Algorithm = "ES256" // ECDSA on P-256 with SHA-256
	EdDSA Algorithm = "EdDSA" // Ed25519
)

// RFC 7518, section 3.3: a key of 2048 bits or larger MUST be used.
const rsaBits = 2048

// algorithms is the table of what is supported, in the order of publication.
var algorithms = []struct {
	name     Algorithm
	generate func(io.Reader) (crypto.Signer, error)
	fits     func(crypto.PublicKey) bool
}{
	{
		RS256,
		func(r io.Reader) (crypto.Signer, error) { return rsa.GenerateKey(r, rsaBits) },
		func(p crypto.PublicKey) bool {
			k, ok := p.(*rsa.PublicKey)
			return ok && k.N.BitLen() >= rsaBits
		},
	},
	{
		ES256,
		func(r io.Reader) (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), r) },
		func(p crypto.PublicKey) bool {
			k, ok := p.(*ecdsa.PublicKey)
			return ok && k.Curve == elliptic.P256()
		},
	},
	{
		EdDSA,
		func(r io.Reader) (crypto.Signer, error) {
			_, private, err := ed25519.GenerateKey(r)
			return private, err
		},
		func(p crypto.PublicKey) bool {
			k, ok := p.(ed25519.PublicKey)
			return ok && len(k) == ed25519.PublicKeySize
		},
	},
}

// Algorithms lists what is supported, in the order of publication.
func Algorithms() []Algorithm {
	out := make([]Algorithm, len(algorithms))
	for i, a := range algorithms {
		out[i] = a.name
	}
	return out
}

// Known reports whether the algorithm is supported. Names are compared exactly:
// alg is case-sensitive (RFC 7515, section 4.1.1).
func (a Algorithm) Known() bool { return slices.Contains(Algorithms(), a) }

// Generate makes a key for the algorithm. Randomness comes from rand as far as the
// standard library lets a caller choose it: for RSA and ECDSA it always takes the
// system's.
func Generate(a Algorithm, rand io.Reader) (*Key, error) {
	for _, row := range algorithms {
		if row.name != a {
			continue
		}
		private, err := row.generate(rand)
		if err != nil {
			return nil, fmt.Errorf("generate %s key: %w", a, err)
		}
		return New(a, private)
	}
	return nil, fmt.Errorf("generate key: unknown algorithm %q", string(a))
}
