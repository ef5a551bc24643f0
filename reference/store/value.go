package store

import (
	"crypto/sha256"
	"encoding/base64"

	"github.com/oauthmark/oauthmark/reference/token"
)

// Hybrid is the kind of the record beside a self-contained token. No other kind of
// token is found by what its record is found by.
const Hybrid Kind = "hybrid"

// OpaqueValue returns by what the record of an opaque token is found, which [AtRest.Key]
// then makes the key of; ok is false for what no opaque token looks like: or a key
// that somebody read in the store could be sent in where keys were digests and tokens
// are plain now.
//
// Of a split token, which is a signature, it is a digest, also where tokens are
// plain, since signatures may be longer than a database's keys. No token looks like
// it, or the digest, read in the store, would be one.
func OpaqueValue(tok string) (value string, ok bool) {
	switch {
	case !token.LooksOpaque(tok):
		return "", false
	case token.LooksSplit(tok):
		sum := sha256.Sum256([]byte(tok))
		return "split\x00" + base64.RawURLEncoding.EncodeToString(sum[:]), true
	}
	return tok, true
}

// IDValue returns by what the record of a self-contained token is found: its jti, and
// not bare, for all can read that, and it would be an opaque token where its key is the
// same digest.
func IDValue(jti string) string { return "jti\x00" + jti }

// SealedValue does the same for a token whose jti the issuer can't read.
func SealedValue(tok string) string { return "jwe\x00" + tok }
