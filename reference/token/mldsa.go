package token

import (
	"errors"

	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"
)

// The methods of ML-DSA. RFC 9964, on the algorithms: a JWS holds the signature of
// the signing input itself, not of its hash, and the context is the empty string.
// Signing is hedged, which FIPS 204, section 3.4, has as the default: it draws from
// the system's randomness, and two signatures of one input differ.
type (
	mldsa44Method struct{}
	mldsa65Method struct{}
	mldsa87Method struct{}
)

var (
	errKeyType = errors.New("the key is not one of the algorithm")
	errMLDSA   = errors.New("ML-DSA signature is not valid")
)

// hedged is the choice between the two variants of signing.
const hedged = true

func (mldsa44Method) Sign(input string, key any) ([]byte, error) {
	k, ok := key.(*mldsa44.PrivateKey)
	if !ok {
		return nil, errKeyType
	}
	signature := make([]byte, mldsa44.SignatureSize)
	return signature, mldsa44.SignTo(k, []byte(input), nil, hedged, signature)
}

func (mldsa44Method) Verify(input string, signature []byte, key any) error {
	k, ok := key.(*mldsa44.PublicKey)
	return judge(ok, ok && mldsa44.Verify(k, []byte(input), nil, signature))
}

func (mldsa65Method) Sign(input string, key any) ([]byte, error) {
	k, ok := key.(*mldsa65.PrivateKey)
	if !ok {
		return nil, errKeyType
	}
	signature := make([]byte, mldsa65.SignatureSize)
	return signature, mldsa65.SignTo(k, []byte(input), nil, hedged, signature)
}

func (mldsa65Method) Verify(input string, signature []byte, key any) error {
	k, ok := key.(*mldsa65.PublicKey)
	return judge(ok, ok && mldsa65.Verify(k, []byte(input), nil, signature))
}

func (mldsa87Method) Sign(input string, key any) ([]byte, error) {
	k, ok := key.(*mldsa87.PrivateKey)
	if !ok {
		return nil, errKeyType
	}
	signature := make([]byte, mldsa87.SignatureSize)
	return signature, mldsa87.SignTo(k, []byte(input), nil, hedged, signature)
}

func (mldsa87Method) Verify(input string, signature []byte, key any) error {
	k, ok := key.(*mldsa87.PublicKey)
	return judge(ok, ok && mldsa87.Verify(k, []byte(input), nil, signature))
}

// judge names the reason of a refusal.
func judge(fits, valid bool) error {
	switch {
	case !fits:
		return errKeyType
	case !valid:
		return errMLDSA
	}
	return nil
}
