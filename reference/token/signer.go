package token

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// Type is the typ of a self-contained token's header.
//
// RFC 9068, section 2.1: typ names the media type application/at+jwt, and it is
// RECOMMENDED to leave out the "application/".
const Type = "at+jwt"

// What Verify answers; none of them tells what the token holds.
var (
	ErrMalformed = errors.New("token is not a JWT in compact form")
	ErrHeader    = errors.New("token's header is not one of the issuer's")
	ErrSignature = errors.New("token's signature is not valid")
)

// Signer makes self-contained tokens, and recognizes its own. It follows its ring
// through rotations, and may be used concurrently.
type Signer struct {
	ring     *keys.Ring
	prepared atomic.Pointer[prepared]
}

// NewSigner prepares the keys of the ring. New tokens get the key that the ring
// signs with; those of every key that the ring holds as valid are recognized.
func NewSigner(ring *keys.Ring) (*Signer, error) {
	s := &Signer{ring: ring}
	p, err := prepare(ring.Current())
	if err != nil {
		return nil, err
	}
	s.prepared.Store(p)
	return s, nil
}

// current returns what is prepared of the ring as it is now.
func (s *Signer) current() (*prepared, error) {
	set := s.ring.Current()
	if p := s.prepared.Load(); p.of == set {
		return p, nil
	}
	p, err := prepare(set)
	if err != nil {
		return nil, err
	}
	s.prepared.Store(p)
	return p, nil
}

// encoding is base64url without padding (RFC 7515, section 2). It is strict about
// the unused bits of the last character, so that one signature has one spelling.
var encoding = base64.RawURLEncoding.Strict()

// Sign makes a token of the claims.
func (s *Signer) Sign(a keys.Algorithm, c *Claims) (string, error) {
	p, err := s.current()
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	key := p.byAlgorithm[a]
	if key == nil {
		return "", fmt.Errorf("sign token: no key for %q", string(a))
	}
	payload := c.appendPayload(make([]byte, 0, 512))
	input := make([]byte, 0, len(key.header)+1+encoding.EncodedLen(len(payload)))
	input = append(append(input, key.header...), '.')
	signed := string(encoding.AppendEncode(input, payload))
	signature, err := key.method.Sign(signed, key.private)
	if err != nil {
		return "", fmt.Errorf("sign token with %s: %w", a, err)
	}
	return signed + "." + encoding.EncodeToString(signature), nil
}

// Verify returns the claims of a token that one of the ring's keys signed which is
// valid at the time. Whether the token itself is, it doesn't ask.
//
// The header must be, byte for byte, one that Sign writes. So alg, kid and typ
// can't contradict each other, there is nothing in it to be confused about, and a
// header that names another algorithm, a key of its own or a critical extension
// is refused before any of it is parsed (RFC 8725, sections 2.1 and 3.1).
func (s *Signer) Verify(token string, now time.Time) (Claims, error) {
	// RFC 7515, section 7.1: three parts and two dots. A third dot would be part of
	// the signature, where it is no base64url.
	header, rest, _ := strings.Cut(token, ".")
	payload, signature, ok := strings.Cut(rest, ".")
	if !ok {
		return Claims{}, ErrMalformed
	}
	p, err := s.current()
	if err != nil {
		return Claims{}, fmt.Errorf("verify token: %w", err)
	}
	key := p.byHeader[header]
	if key == nil || !key.entry.Valid(now) {
		return Claims{}, ErrHeader
	}
	raw, err := encoding.DecodeString(signature)
	// The decoder passes over line breaks, which RFC 7515, section 2, doesn't allow.
	if err != nil || encoding.EncodedLen(len(raw)) != len(signature) {
		return Claims{}, ErrMalformed
	}
	if err := key.method.Verify(token[:len(header)+1+len(payload)], raw, key.public); err != nil {
		return Claims{}, ErrSignature
	}
	var c Claims
	b, err := encoding.DecodeString(payload)
	if err != nil || c.parsePayload(b) != nil {
		return Claims{}, ErrMalformed // signed with the key, but not by Sign
	}
	return c, nil
}
