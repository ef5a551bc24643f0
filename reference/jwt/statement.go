package jwt

import "context"

// CheckJWS checks the signature of any JWS in compact form by one key, which pins the
// algorithm, and returns the payload. It is for the other things that an issuer signs
// for a resource server: status lists, introspection answers. Their typ, in lower
// case and without "application/", is required (RFC 8725, section 3.11).
func CheckJWS(text, typ string, key *Key) ([]byte, error) {
	return checkJWS(text, typ, func(header) (*Key, error) { return key, nil })
}

// CheckStatement is [CheckJWS] by that of the issuer's keys which the header names.
func CheckStatement(ctx context.Context, text, typ string, issuer KeyFinder) ([]byte, error) {
	return checkJWS(text, typ, func(h header) (*Key, error) {
		return issuer.Find(ctx, h.keyID)
	})
}

func checkJWS(text, typ string, find func(header) (*Key, error)) ([]byte, error) {
	parts, err := splitSigned(text, MaxToken)
	if err != nil {
		return nil, err
	}
	h, err := decodeHeader(parts.header)
	if err != nil {
		return nil, err
	}
	for _, check := range []error{checkType(h, typ), checkCritical(h), checkEncoded(h)} {
		if check != nil {
			return nil, check
		}
	}
	key, err := find(h)
	if err != nil {
		return nil, err
	}
	for _, check := range []error{checkKeyAlgorithm(h, key), checkSignature(parts, key)} {
		if check != nil {
			return nil, check
		}
	}
	return decodeSegment(parts.payload)
}
