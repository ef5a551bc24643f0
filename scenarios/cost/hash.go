package cost

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
)

// hashOpaque hashes an opaque token into the key of its record: what an issuer
// that stores no token does at each introspection.
func hashOpaque(m *material) (does, limit work, err error) {
	does, limit = hashing([]byte(m.opaque()))
	return does, limit, nil
}

// hashJWT does the same to a self-contained token: what a cache of verdicts that
// keeps no token does at each request.
func hashJWT(m *material) (does, limit work, err error) {
	token, err := m.token(es256)
	if err != nil {
		return nil, nil, err
	}
	does, limit = hashing([]byte(token))
	return does, limit, nil
}

func hashing(input []byte) (does, limit work) {
	return &storeKey{input: input}, &digest{input: input}
}

// storeKey is SHA-256 and base64url: a token becomes a key that a store or a log
// can hold as text.
type storeKey struct {
	input []byte
	out   string
}

func (w *storeKey) Do(n int) error {
	for range n {
		sum := sha256.Sum256(w.input)
		w.out = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return nil
}

func (w *storeKey) Check() error {
	sum, err := base64.RawURLEncoding.Strict().DecodeString(w.out)
	if err != nil || !isDigest(sum, w.input) {
		return errors.New("the store key isn't the SHA-256 of the token")
	}
	return nil
}

func (w *storeKey) Size() int { return len(w.input) }

// digest is SHA-256 alone.
type digest struct {
	input []byte
	out   [sha256.Size]byte
}

func (w *digest) Do(n int) error {
	for range n {
		w.out = sha256.Sum256(w.input)
	}
	return nil
}

func (w *digest) Check() error {
	if !isDigest(w.out[:], w.input) {
		return errors.New("the digest isn't the SHA-256 of the token")
	}
	return nil
}

func (w *digest) Size() int { return len(w.input) }

// isDigest computes the digest along the other road, piece by piece.
func isDigest(sum, input []byte) bool {
	h := sha256.New()
	half := len(input) / 2
	h.Write(input[:half])
	h.Write(input[half:])
	return bytes.Equal(sum, h.Sum(nil))
}
