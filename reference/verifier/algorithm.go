package verifier

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
)

// algorithm is a JWS algorithm and the keys that it takes. No key fits two of them,
// so that a key's type alone pins its algorithm.
type algorithm struct {
	name string
	fits func(crypto.PublicKey) bool
}

var algorithms = []algorithm{
	// RFC 7518, section 3.3: an RSA key has 2048 bits or more.
	{"RS256", func(key crypto.PublicKey) bool {
		k, ok := key.(*rsa.PublicKey)
		return ok && k.N.BitLen() >= 2048
	}},
	// RFC 7518, section 3.4: ES256 is ECDSA on P-256, no other curve.
	{"ES256", func(key crypto.PublicKey) bool {
		k, ok := key.(*ecdsa.PublicKey)
		return ok && k.Curve == elliptic.P256()
	}},
	// RFC 8037, section 3.1; Ed448 is not implemented.
	{"EdDSA", func(key crypto.PublicKey) bool {
		k, ok := key.(ed25519.PublicKey)
		return ok && len(k) == ed25519.PublicKeySize
	}},
}

// Algorithms lists the JWS algorithms that a [Config] may allow.
func Algorithms() []string {
	names := make([]string, len(algorithms))
	for i, a := range algorithms {
		names[i] = a.name
	}
	return names
}

func algorithmOf(name string) (algorithm, bool) {
	for _, a := range algorithms {
		if a.name == name {
			return a, true
		}
	}
	return algorithm{}, false
}

// algorithmFor returns the algorithm whose keys are of the key's type.
func algorithmFor(key crypto.PublicKey) (algorithm, bool) {
	for _, a := range algorithms {
		if a.fits(key) {
			return a, true
		}
	}
	return algorithm{}, false
}
