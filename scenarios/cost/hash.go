package cost

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/store"
)

// hashOperations are hash/DIGEST/INPUT: a token becomes the key of its record, which
// is what an issuer that stores no token does at each introspection, and what a cache
// of verdicts that keeps no token does at each request.
func hashOperations() []operation {
	var all []operation
	for _, digest := range store.Digests() {
		for _, input := range inputs {
			all = append(all, operation{
				name:    fmt.Sprintf("hash/%s/%s", word(digest), input),
				prepare: hashing(digest, input),
				extra:   digest != store.DefaultDigest || input != "opaque-43" && input != "jwt-0.6k",
				large:   digest != store.DefaultDigest && slices.Contains([]string{"jti", "jwt-2k", "opaque-36"}, input),
			})
		}
	}
	return all
}

// word is a name without slashes, which part the words of an operation: SHA-512-256.
func word(name string) string { return strings.ReplaceAll(name, "/", "-") }

// sum has room for every digest. To return a slice instead would allocate, which takes a
// fifth as long as a short digest.
type sum [64]byte

// primitives are the digests themselves, by the names of the store, twice: whole, and
// piece by piece for the check.
var primitives = map[string]struct {
	whole  func(out *sum, b []byte) int // returns the length
	pieces func() hash.Hash
}{
	"MD5":         {func(out *sum, b []byte) int { d := md5.Sum(b); return copy(out[:], d[:]) }, md5.New},
	"SHA-1":       {func(out *sum, b []byte) int { d := sha1.Sum(b); return copy(out[:], d[:]) }, sha1.New},
	"SHA-224":     {func(out *sum, b []byte) int { d := sha256.Sum224(b); return copy(out[:], d[:]) }, sha256.New224},
	"SHA-256":     {func(out *sum, b []byte) int { d := sha256.Sum256(b); return copy(out[:], d[:]) }, sha256.New},
	"SHA-384":     {func(out *sum, b []byte) int { d := sha512.Sum384(b); return copy(out[:], d[:]) }, sha512.New384},
	"SHA-512":     {func(out *sum, b []byte) int { d := sha512.Sum512(b); return copy(out[:], d[:]) }, sha512.New},
	"SHA-512/224": {func(out *sum, b []byte) int { d := sha512.Sum512_224(b); return copy(out[:], d[:]) }, sha512.New512_224},
	"SHA-512/256": {func(out *sum, b []byte) int { d := sha512.Sum512_256(b); return copy(out[:], d[:]) }, sha512.New512_256},
	"SHA3-224":    {func(out *sum, b []byte) int { d := sha3.Sum224(b); return copy(out[:], d[:]) }, func() hash.Hash { return sha3.New224() }},
	"SHA3-256":    {func(out *sum, b []byte) int { d := sha3.Sum256(b); return copy(out[:], d[:]) }, func() hash.Hash { return sha3.New256() }},
	"SHA3-384":    {func(out *sum, b []byte) int { d := sha3.Sum384(b); return copy(out[:], d[:]) }, func() hash.Hash { return sha3.New384() }},
	"SHA3-512":    {func(out *sum, b []byte) int { d := sha3.Sum512(b); return copy(out[:], d[:]) }, func() hash.Hash { return sha3.New512() }},
}

func hashing(digestName, inputName string) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		input, err := m.input(inputName)
		if err != nil {
			return nil, nil, err
		}
		form, err := store.Hashed(digestName)
		if err != nil {
			return nil, nil, err
		}
		raw, ok := primitives[digestName]
		if !ok {
			return nil, nil, fmt.Errorf("digest %s: no primitive is known", digestName)
		}
		h := raw.pieces()
		half := len(input) / 2
		h.Write([]byte(input[:half]))
		h.Write([]byte(input[half:]))
		want := h.Sum(nil)
		return &storeKey{form: form, input: input, want: want}, &digest{whole: raw.whole, input: []byte(input), want: want}, nil
	}
}

// storeKey is the store's way from a token to the key of its record.
type storeKey struct {
	form  *store.AtRest
	input string
	want  []byte
	out   store.Key
}

func (w *storeKey) Do(n int) error {
	for range n {
		w.out = w.form.Key(w.input)
	}
	return nil
}

func (w *storeKey) Check() error {
	if string(w.out) != string(w.want) {
		return errors.New("the store key isn't the digest of the token")
	}
	return nil
}

func (w *storeKey) Size() int { return len(w.input) }

// digest is the digest alone.
type digest struct {
	whole func(*sum, []byte) int
	input []byte
	want  []byte
	out   sum
	n     int // bytes of out
}

func (w *digest) Do(n int) error {
	for range n {
		w.n = w.whole(&w.out, w.input)
	}
	return nil
}

func (w *digest) Check() error {
	if !bytes.Equal(w.out[:w.n], w.want) {
		return errors.New("the digest isn't that of the token")
	}
	return nil
}

func (w *digest) Size() int { return len(w.input) }
