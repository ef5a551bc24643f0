package token

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
)

const (
	// OpaqueLength is the number of characters of an opaque token.
	OpaqueLength = 43
	// UUIDLength is the number of characters of a UUID.
	UUIDLength = 36
	// IDLength is the number of characters of a token's identifier.
	IDLength = 22

	// RFC 6749, section 10.10: the probability of guessing a token MUST be at most
	// 2^-128 and SHOULD be at most 2^-160.
	opaqueBytes = 32
	// RFC 7519, section 4.1.7: a jti given twice by accident must be out of the question.
	idBytes = 16
)

// NewOpaque draws an opaque token: 256 random bits, base64url. It tells nothing
// about its claims.
func NewOpaque(rand io.Reader) (string, error) {
	var b [opaqueBytes]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("draw opaque token: %w", err)
	}
	var text [OpaqueLength]byte
	base64.RawURLEncoding.Encode(text[:], b[:])
	return string(text[:]), nil
}

// NewUUID draws a UUID of version 4 (RFC 9562, section 5.4). Only 122 of its bits
// are random, which is less than RFC 6749, section 10.10, requires of a token; it
// is there because servers do it.
func NewUUID(rand io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("draw uuid: %w", err)
	}
	b[6] = b[6]&0x0f | 0x40 // the version
	b[8] = b[8]&0x3f | 0x80 // the variant: section 4.1
	text := hex.EncodeToString(b[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:], nil
}

// NewID draws the identifier of a token, its jti: 128 random bits, base64url.
func NewID(rand io.Reader) (string, error) {
	var b [idBytes]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("draw token id: %w", err)
	}
	var text [IDLength]byte
	base64.RawURLEncoding.Encode(text[:], b[:])
	return string(text[:]), nil
}
