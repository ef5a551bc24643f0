package token

import "strings"

// Split takes a signed token apart for the split-token strategy: the client gets the
// signature alone, which is an identifier to it and tells nothing, and a gateway
// near the resource server keeps the rest under the signature's digest. The gateway
// puts the two together again with [Join], so the resource server sees a
// self-contained token and nobody asks the issuer.
//
// Nothing but the claims is hidden by it: who has the signature has the token.
func Split(token string) (signature, rest string, err error) {
	// RFC 7515, section 7.1: the signature is the last of three parts.
	i := strings.LastIndexByte(token, '.')
	if strings.Count(token, ".") != 2 || i+1 == len(token) {
		return "", "", ErrMalformed
	}
	return token[i+1:], token[:i], nil
}

// Join makes the token whole again. It doesn't verify it.
func Join(signature, rest string) string { return rest + "." + signature }
