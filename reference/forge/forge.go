// Package forge builds the bytes of a JSON Web Token, legal or not.
//
// A tool that asks how a server treats a broken token can't build it with a
// library that refuses to break one, so nothing here parses, orders or judges
// what it is given. In order of use: [Object] writes a header or a payload from a
// map, and any other bytes will do as well; [Token] joins both with the signature
// that a [Signer] makes, which [SignWith] has for a key of any algorithm;
// [FlipSignature] and [Replace] damage a token that exists.
//
// Many tokens that each differ a little from a sound one are a table: a [Recipe] says
// how, as data, in edits of the header, the payload, the signature and the text and by
// the key that signs, and [Sound.Make] makes the token.
package forge

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// Part is one of the three parts of a token in compact serialization (RFC 7515,
// section 7.1).
type Part int

const (
	Header Part = iota
	Payload
	Signature
)

// Signer signs the bytes "HEADER.PAYLOAD". A nil Signer leaves the signature empty,
// as a token with the algorithm none has it (RFC 7515, appendix A.5).
type Signer func(input []byte) (signature []byte, err error)

// Object is the JSON text of the members, sorted by name and not escaped for HTML.
func Object(members map[string]any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(members); err != nil {
		return nil, fmt.Errorf("forge object: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Token is the compact serialization of the header and the payload, whatever bytes
// they are, with the signature that sign makes of them.
func Token(header, payload []byte, sign Signer) (string, error) {
	input := encode(header) + "." + encode(payload)
	var signature []byte
	if sign != nil {
		var err error
		if signature, err = sign([]byte(input)); err != nil {
			return "", fmt.Errorf("forge signature: %w", err)
		}
	}
	return input + "." + encode(signature), nil
}

// Read decodes a part of the token. It checks the encoding of that part and nothing
// else.
func Read(token string, part Part) ([]byte, error) {
	parts, err := split(token)
	if err != nil {
		return nil, err
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[part])
	if err != nil {
		// The decoder's error holds an offset and not the input.
		return nil, fmt.Errorf("read part %d of a token: %w", part, err)
	}
	return raw, nil
}

// Replace puts other bytes in the place of a part and leaves the rest as it is.
func Replace(token string, part Part, raw []byte) (string, error) {
	parts, err := split(token)
	if err != nil {
		return "", err
	}
	parts[part] = encode(raw)
	return strings.Join(parts, "."), nil
}

// FlipSignature inverts one bit in the middle of the signature. Decoding first makes
// sure that the bit counts: the last character of a part can hold bits that don't.
func FlipSignature(token string) (string, error) {
	raw, err := Read(token, Signature)
	if err != nil {
		return "", err
	}
	if len(raw) == 0 {
		return "", fmt.Errorf("flip a bit: the token has no signature")
	}
	raw[len(raw)/2] ^= 0x10
	return Replace(token, Signature, raw)
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func split(token string) ([]string, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("split a token: %d parts, a signed JWT has 3", len(parts))
	}
	return parts, nil
}
