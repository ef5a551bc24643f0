package token

import "github.com/oauthmark/oauthmark/reference/keys"

// SignatureValid reports whether the signature is one of the input by the algorithm
// and the key: a public key of crypto's or circl's, or []byte for HMAC. A key of
// another type is no error of its own: nothing is valid with it.
func SignatureValid(a keys.Algorithm, key any, input string, signature []byte) bool {
	m, ok := methods[a]
	return ok && m.Verify(input, signature, key) == nil
}
