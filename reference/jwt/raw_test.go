package jwt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// rawVerify is the primitive that an algorithm is made of, and nothing around it.
func rawVerify(a keys.Algorithm, public any) func(input, signature []byte) bool {
	switch a {
	case keys.RS256:
		return func(input, signature []byte) bool {
			digest := sha256.Sum256(input)
			return rsa.VerifyPKCS1v15(public.(*rsa.PublicKey), crypto.SHA256, digest[:], signature) == nil
		}
	case keys.ES256:
		return func(input, signature []byte) bool {
			digest := sha256.Sum256(input)
			r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
			return ecdsa.Verify(public.(*ecdsa.PublicKey), digest[:], r, s)
		}
	case keys.EdDSA:
		return func(input, signature []byte) bool {
			return ed25519.Verify(public.(ed25519.PublicKey), input, signature)
		}
	}
	return nil
}
