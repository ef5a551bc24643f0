package token

import "errors"

// mldsaMethod signs and verifies with one parameter set of ML-DSA. RFC 9964, on the
// algorithms: a JWS holds the signature of the signing input itself, not of its hash,
// and the context is the empty string. Signing is hedged, which FIPS 204, section 3.4,
// has as the default: it draws from the system's randomness, and two signatures of one
// input differ. circl's table of schemes can't do that.
type mldsaMethod[Private, Public any] struct {
	size   int
	sign   func(k *Private, message, context []byte, hedged bool, to []byte) error
	verify func(k *Public, message, context, signature []byte) bool
}

var (
	errKeyType = errors.New("the key is not one of the algorithm")
	errMLDSA   = errors.New("ML-DSA signature is not valid")
)

func (m mldsaMethod[Private, Public]) Sign(input string, key any) ([]byte, error) {
	k, ok := key.(*Private)
	if !ok {
		return nil, errKeyType
	}
	signature := make([]byte, m.size)
	return signature, m.sign(k, []byte(input), nil, true, signature)
}

func (m mldsaMethod[Private, Public]) Verify(input string, signature []byte, key any) error {
	switch k, ok := key.(*Public); {
	case !ok:
		return errKeyType
	case !m.verify(k, []byte(input), nil, signature):
		return errMLDSA
	}
	return nil
}
