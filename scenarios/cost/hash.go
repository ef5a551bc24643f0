package cost

import (
	"bytes"
	"crypto"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"errors"
	"fmt"
	"reflect"
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
				large:   digest != store.DefaultDigest && slices.Contains([]string{"jti", "jwt-2k", "opaque-36"}, input),
			})
		}
	}
	return all
}

// word is a name without slashes, which part the words of an operation: SHA-512-256.
func word(name string) string { return strings.ReplaceAll(name, "/", "-") }

// primitives are the digests themselves, by the names of the store. Each has a loop of
// its own, for a call by way of a variable takes as long as a tenth of a short digest.
var primitives = map[string]func(token string, want []byte) work{
	"MD5": limitOf(func(n int, b []byte) (d [md5.Size]byte) {
		for range n {
			d = md5.Sum(b)
		}
		return d
	}),
	"SHA-1": limitOf(func(n int, b []byte) (d [sha1.Size]byte) {
		for range n {
			d = sha1.Sum(b)
		}
		return d
	}),
	"SHA-224": limitOf(func(n int, b []byte) (d [224 / 8]byte) {
		for range n {
			d = sha256.Sum224(b)
		}
		return d
	}),
	"SHA-256": limitOf(func(n int, b []byte) (d [256 / 8]byte) {
		for range n {
			d = sha256.Sum256(b)
		}
		return d
	}),
	"SHA-384": limitOf(func(n int, b []byte) (d [384 / 8]byte) {
		for range n {
			d = sha512.Sum384(b)
		}
		return d
	}),
	"SHA-512": limitOf(func(n int, b []byte) (d [512 / 8]byte) {
		for range n {
			d = sha512.Sum512(b)
		}
		return d
	}),
	"SHA-512/224": limitOf(func(n int, b []byte) (d [224 / 8]byte) {
		for range n {
			d = sha512.Sum512_224(b)
		}
		return d
	}),
	"SHA-512/256": limitOf(func(n int, b []byte) (d [256 / 8]byte) {
		for range n {
			d = sha512.Sum512_256(b)
		}
		return d
	}),
	"SHA3-224": limitOf(func(n int, b []byte) (d [224 / 8]byte) {
		for range n {
			d = sha3.Sum224(b)
		}
		return d
	}),
	"SHA3-256": limitOf(func(n int, b []byte) (d [256 / 8]byte) {
		for range n {
			d = sha3.Sum256(b)
		}
		return d
	}),
	"SHA3-384": limitOf(func(n int, b []byte) (d [384 / 8]byte) {
		for range n {
			d = sha3.Sum384(b)
		}
		return d
	}),
	"SHA3-512": limitOf(func(n int, b []byte) (d [512 / 8]byte) {
		for range n {
			d = sha3.Sum512(b)
		}
		return d
	}),
}

func limitOf[T any](sum func(n int, b []byte) T) func(string, []byte) work {
	return func(token string, want []byte) work { return &digest[T]{sum: sum, input: []byte(token), want: want} }
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
		limit, ok := primitives[digestName]
		if !ok {
			return nil, nil, fmt.Errorf("digest %s: no primitive is known", digestName)
		}
		want, err := inPieces(digestName, input)
		if err != nil {
			return nil, nil, err
		}
		return &storeKey{form: form, input: input, want: want}, limit(input, want), nil
	}
}

// inPieces is another way to the digest than those that are measured, to check them by.
func inPieces(name, input string) ([]byte, error) {
	for h := crypto.MD4; h <= crypto.BLAKE2b_512; h++ {
		if h.String() == name && h.Available() {
			d, half := h.New(), len(input)/2
			d.Write([]byte(input[:half]))
			d.Write([]byte(input[half:]))
			return d.Sum(nil), nil
		}
	}
	return nil, fmt.Errorf("digest %s: Go has none of that name", name)
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

// digest is the digest alone. Its type is that of an array, for to return a slice
// allocates, which takes a fifth as long as a short digest.
type digest[T any] struct {
	sum   func(n int, b []byte) T
	input []byte
	want  []byte
	out   T
}

func (w *digest[T]) Do(n int) error {
	w.out = w.sum(n, w.input)
	return nil
}

func (w *digest[T]) Check() error {
	if !bytes.Equal(reflect.ValueOf(&w.out).Elem().Bytes(), w.want) {
		return errors.New("the digest isn't that of the token")
	}
	return nil
}

func (w *digest[T]) Size() int { return len(w.input) }
