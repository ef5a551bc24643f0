package dpop

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/exactjson"
	"github.com/oauthmark/oauthmark/reference/keys"
)

const (
	MaxProof = 16 << 10 // bytes of the longest proof: one with a key of ML-DSA-87 has 12 KiB
	maxID    = 256      // bytes of its jti
)

// Proof is a proof whose signature is that of the key in its header.
type Proof struct {
	Thumbprint string // of that key: RFC 9449, section 6.1
	ID         string // jti
	Method     string // htm
	Target     string // htu
	Nonce      string // nonce; empty without one
	TokenHash  string // ath; empty without one
	issued     float64
}

// unpadded is base64url as RFC 7515, section 2, has it, with one spelling for each value.
var unpadded = base64.RawURLEncoding.Strict()

// Algorithms lists what proofs may be signed with, in the order of publication: all
// that are asymmetric (RFC 9449, section 11.6).
func Algorithms() []keys.Algorithm { return slices.Clone(algorithms) }

var algorithms = keys.Asymmetric()

// header is what a proof's JOSE header is read for. The decoder refuses members that
// are there twice.
type header struct {
	Type      string          `json:"typ"`
	Algorithm keys.Algorithm  `json:"alg"`
	Key       exactjson.Value `json:"jwk"`
	Critical  exactjson.Value `json:"crit"`
	Encoded   exactjson.Value `json:"b64"`
}

// Parse makes the checks that a proof has to pass by itself, whatever it is for: 2 to 7
// of RFC 9449, section 4.3. The error is a [Refusal].
func Parse(text string) (*Proof, error) {
	h, payload, s, err := split(text)
	if err != nil {
		return nil, err
	}
	if err := checkType(h); err != nil {
		return nil, err
	}
	if err := checkAlgorithm(h); err != nil {
		return nil, err
	}
	p, err := decodeClaims(payload)
	if err != nil {
		return nil, err
	}
	if err := checkPublic(h); err != nil {
		return nil, err
	}
	p.Thumbprint, err = checkSignature(h, s)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// signed is what a signature is of, and the signature.
type signed struct {
	input     string
	signature []byte
}

// Check 2: the value is a single and well-formed JWT. One with a critical extension
// isn't, here, where none is understood (RFC 7515, section 4.1.11); nor is one whose
// payload wouldn't be encoded (RFC 7797, section 7).
func split(text string) (h header, payload []byte, s signed, err error) {
	parts := strings.SplitN(text, ".", 4)
	if len(text) > MaxProof || len(parts) != 3 {
		return h, nil, s, ErrForm
	}
	var raw [3][]byte
	for n, part := range parts {
		// The decoder passes over line breaks.
		if raw[n], err = unpadded.DecodeString(part); err != nil || unpadded.EncodedLen(len(raw[n])) != len(part) {
			return h, nil, s, ErrForm
		}
	}
	if exactjson.Unmarshal(raw[0], &h) != nil || h.Critical != nil ||
		h.Encoded != nil && string(h.Encoded) != "true" {
		return h, nil, s, ErrForm
	}
	return h, raw[1], signed{text[:len(text)-len(parts[2])-1], raw[2]}, nil
}

// Check 3: all the claims that section 4.2 requires are there; and all that are read
// have the types that they should.
func decodeClaims(payload []byte) (*Proof, error) {
	var c struct {
		ID       string   `json:"jti"`
		Method   string   `json:"htm"`
		Target   string   `json:"htu"`
		IssuedAt *float64 `json:"iat"`
		Nonce    string   `json:"nonce"`
		Token    string   `json:"ath"`
	}
	if exactjson.Unmarshal(payload, &c) != nil {
		return nil, ErrClaims
	}
	if c.ID == "" || len(c.ID) > maxID || c.Method == "" || c.Target == "" || c.IssuedAt == nil {
		return nil, ErrClaims
	}
	return &Proof{ID: c.ID, Method: c.Method, Target: c.Target, Nonce: c.Nonce, TokenHash: c.Token, issued: *c.IssuedAt}, nil
}

// Check 4: typ is dpop+jwt.
func checkType(h header) error {
	if h.Type != "dpop+jwt" {
		return ErrType
	}
	return nil
}

// Check 5: alg is asymmetric, not none, and supported.
func checkAlgorithm(h header) error {
	if !slices.Contains(algorithms, h.Algorithm) {
		return ErrAlgorithm
	}
	return nil
}
