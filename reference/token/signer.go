package token

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
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
	bare     bool // headers of alg alone are recognized
	prepared atomic.Pointer[prepared]
}

// NewSigner prepares the keys of the ring. New tokens get the key that the ring
// signs with; those of every key that the ring holds as valid are recognized.
// Profiles are those beside the default one whose tokens it signs and recognizes.
func NewSigner(ring *keys.Ring, profiles ...*Profile) (*Signer, error) {
	s := &Signer{ring: ring, bare: slices.ContainsFunc(profiles, func(p *Profile) bool { return p.bare })}
	p, err := prepare(ring.Current(), s.bare)
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
	p, err := prepare(set, s.bare)
	if err != nil {
		return nil, err
	}
	s.prepared.Store(p)
	return p, nil
}

// encoding is base64url without padding (RFC 7515, section 2). It is strict about
// the unused bits of the last character, so that one signature has one spelling.
var encoding = base64.RawURLEncoding.Strict()

// Sign makes a token of the claims, in the default profile.
func (s *Signer) Sign(a keys.Algorithm, c *Claims) (string, error) { return s.SignAs(&rfc9068, a, c) }

// SignAs makes a token of the claims, in a profile that the signer was made for.
func (s *Signer) SignAs(profile *Profile, a keys.Algorithm, c *Claims) (string, error) {
	p, err := s.current()
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	key := p.byAlgorithm[a]
	if key == nil {
		return "", fmt.Errorf("sign token: no key for %q", string(a))
	}
	header := key.header
	if profile.bare {
		header = key.bare
	}
	payload := profile.AppendPayload(make([]byte, 0, 512), c)
	input := make([]byte, 0, len(header)+1+encoding.EncodedLen(len(payload)))
	input = append(append(input, header...), '.')
	signed := string(encoding.AppendEncode(input, payload))
	signature, err := key.method.Sign(signed, key.private)
	if err != nil {
		return "", fmt.Errorf("sign token with %s: %w", a, err)
	}
	return signed + "." + encoding.EncodeToString(signature), nil
}

// Verify returns the claims of a token that one of the ring's keys signed which is
// valid at the time, as far as the token's profile says them. Whether the token
// itself is still valid, it doesn't ask.
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
	candidates := p.byHeader[header]
	if !slices.ContainsFunc(candidates, func(k *signingKey) bool { return k.entry.Valid(now) }) {
		return Claims{}, ErrHeader
	}
	raw, err := encoding.DecodeString(signature)
	// The decoder passes over line breaks, which RFC 7515, section 2, doesn't allow.
	if err != nil || encoding.EncodedLen(len(raw)) != len(signature) {
		return Claims{}, ErrMalformed
	}
	input := token[:len(header)+1+len(payload)]
	if !slices.ContainsFunc(candidates, func(k *signingKey) bool {
		return k.entry.Valid(now) && k.method.Verify(input, raw, k.public) == nil
	}) {
		return Claims{}, ErrSignature
	}
	var c Claims
	b, err := encoding.DecodeString(payload)
	if err != nil || c.parsePayload(b) != nil {
		return Claims{}, ErrMalformed // signed with the key, but not by Sign
	}
	return c, nil
}
