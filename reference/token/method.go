package token

import (
	"crypto/rsa"

	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"
	"github.com/golang-jwt/jwt/v5"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// method signs and verifies as one algorithm says; golang-jwt's signing methods are
// such. A key of the wrong type is an error.
type method interface {
	Sign(input string, key any) ([]byte, error)
	Verify(input string, signature []byte, key any) error
}

// methods is the method of each algorithm. It is our own table, not golang-jwt's
// registry, which anyone in the process can change and a token can choose from.
var methods = map[keys.Algorithm]method{
	keys.HS256:   jwt.SigningMethodHS256,
	keys.HS384:   jwt.SigningMethodHS384,
	keys.HS512:   jwt.SigningMethodHS512,
	keys.RS256:   jwt.SigningMethodRS256,
	keys.RS384:   jwt.SigningMethodRS384,
	keys.RS512:   jwt.SigningMethodRS512,
	keys.PS256:   pss(jwt.SigningMethodPS256),
	keys.PS384:   pss(jwt.SigningMethodPS384),
	keys.PS512:   pss(jwt.SigningMethodPS512),
	keys.ES256:   jwt.SigningMethodES256,
	keys.ES384:   jwt.SigningMethodES384,
	keys.ES512:   jwt.SigningMethodES512,
	keys.EdDSA:   jwt.SigningMethodEdDSA,
	keys.Ed25519: jwt.SigningMethodEdDSA, // one algorithm, two names: RFC 9864, section 2.2
	keys.MLDSA44: mldsaMethod[mldsa44.PrivateKey, mldsa44.PublicKey]{mldsa44.SignatureSize, mldsa44.SignTo, mldsa44.Verify},
	keys.MLDSA65: mldsaMethod[mldsa65.PrivateKey, mldsa65.PublicKey]{mldsa65.SignatureSize, mldsa65.SignTo, mldsa65.Verify},
	keys.MLDSA87: mldsaMethod[mldsa87.PrivateKey, mldsa87.PublicKey]{mldsa87.SignatureSize, mldsa87.SignTo, mldsa87.Verify},
}

// pss is the method with a salt as long as the hash, when verifying too, where
// golang-jwt takes a salt of any length (RFC 7518, section 3.5).
func pss(m *jwt.SigningMethodRSAPSS) method {
	salt := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
	return &jwt.SigningMethodRSAPSS{SigningMethodRSA: m.SigningMethodRSA, Options: salt, VerifyOptions: salt}
}
