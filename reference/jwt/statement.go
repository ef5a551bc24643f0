package jwt

import "context"

// CheckStatement is [CheckJWS] by that of the issuer's keys which the header names.
func CheckStatement(ctx context.Context, text, typ string, issuer KeyFinder) ([]byte, error) {
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
	key, err := issuer.Find(ctx, h.keyID)
	if err != nil {
		return nil, err
	}
	return CheckJWS(text, typ, key)
}
