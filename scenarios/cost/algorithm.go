package cost

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"

	"github.com/golang-jwt/jwt/v5"
)

// algorithm is a JWS algorithm: how a library signs with it, and the primitives
// that are its limit.
type algorithm struct {
	method   jwt.SigningMethod
	generate func() (crypto.Signer, error)
	sign     func(key crypto.Signer, input []byte) ([]byte, error)
	verify   func(key crypto.PublicKey, input, signature []byte) bool
}

// RFC 7518, section 3.3: a key of 2048 bits or larger is required. This is the
// smallest that conforms, and the one that most issuers use.
const rsaBits = 2048

// rs256 is RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3).
var rs256 = algorithm{
	method:   jwt.SigningMethodRS256,
	generate: func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, rsaBits) },
	sign: func(key crypto.Signer, input []byte) ([]byte, error) {
		digest := sha256.Sum256(input)
		return rsa.SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA256, digest[:])
	},
	verify: func(key crypto.PublicKey, input, signature []byte) bool {
		digest := sha256.Sum256(input)
		return rsa.VerifyPKCS1v15(key.(*rsa.PublicKey), crypto.SHA256, digest[:], signature) == nil
	},
}

// es256 is ECDSA with P-256 and SHA-256 (RFC 7518, section 3.4). The primitive
// speaks ASN.1 where a JWS has the two integers side by side: what it takes to
// get from one to the other is not part of the limit.
var es256 = algorithm{
	method:   jwt.SigningMethodES256,
	generate: func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) },
	sign: func(key crypto.Signer, input []byte) ([]byte, error) {
		digest := sha256.Sum256(input)
		return ecdsa.SignASN1(rand.Reader, key.(*ecdsa.PrivateKey), digest[:])
	},
	verify: func(key crypto.PublicKey, input, signature []byte) bool {
		digest := sha256.Sum256(input)
		return ecdsa.VerifyASN1(key.(*ecdsa.PublicKey), digest[:], signature)
	},
}

// edDSA is EdDSA with Ed25519 (RFC 8037, section 3.1).
var edDSA = algorithm{
	method: jwt.SigningMethodEdDSA,
	generate: func() (crypto.Signer, error) {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	},
	sign: func(key crypto.Signer, input []byte) ([]byte, error) {
		return ed25519.Sign(key.(ed25519.PrivateKey), input), nil
	},
	verify: func(key crypto.PublicKey, input, signature []byte) bool {
		return ed25519.Verify(key.(ed25519.PublicKey), input, signature)
	},
}
