package store

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"fmt"
	"strings"
)

// DefaultDigest is the digest of stored values where none is chosen.
const DefaultDigest = "SHA-256"

// digests are those that Java's MessageDigest names and Go's standard library has,
// which is all but MD2. MD5 and SHA-1 have known collisions; what is hashed here is
// random and chosen by the issuer, so that they are weak and not broken, and they
// are here to be measured against.
var digests = []struct {
	name string
	sum  func(string) Key
}{
	{"MD5", func(v string) Key { d := md5.Sum(short(v)); return Key(d[:]) }},
	{"SHA-1", func(v string) Key { d := sha1.Sum(short(v)); return Key(d[:]) }},
	{"SHA-224", func(v string) Key { d := sha256.Sum224(short(v)); return Key(d[:]) }},
	{"SHA-256", func(v string) Key { d := sha256.Sum256(short(v)); return Key(d[:]) }},
	{"SHA-384", func(v string) Key { d := sha512.Sum384(short(v)); return Key(d[:]) }},
	{"SHA-512", func(v string) Key { d := sha512.Sum512(short(v)); return Key(d[:]) }},
	{"SHA-512/224", func(v string) Key { d := sha512.Sum512_224(short(v)); return Key(d[:]) }},
	{"SHA-512/256", func(v string) Key { d := sha512.Sum512_256(short(v)); return Key(d[:]) }},
	{"SHA3-224", func(v string) Key { d := sha3.Sum224(short(v)); return Key(d[:]) }},
	{"SHA3-256", func(v string) Key { d := sha3.Sum256(short(v)); return Key(d[:]) }},
	{"SHA3-384", func(v string) Key { d := sha3.Sum384(short(v)); return Key(d[:]) }},
	{"SHA3-512", func(v string) Key { d := sha3.Sum512(short(v)); return Key(d[:]) }},
}

// short returns the bytes of a value, which for a token need no memory of their own.
func short(v string) []byte { return append(make([]byte, 0, 64), v...) }

// Digests lists the names that [Hashed] knows.
func Digests() []string {
	names := make([]string, len(digests))
	for i, d := range digests {
		names[i] = d.name
	}
	return names
}

// Hashed keeps nothing of a value but its digest. A token has 128 random bits or
// more, so it needs neither salt nor a slow hash, and a lookup by digest gives no
// timing hint about tokens that exist. Names are those of Java, in any case.
func Hashed(name string) (*AtRest, error) {
	for _, d := range digests {
		if strings.EqualFold(d.name, name) {
			return &AtRest{name: d.name, key: d.sum}, nil
		}
	}
	return nil, fmt.Errorf("at rest: no digest %q; there are %s", name, strings.Join(Digests(), ", "))
}

// DigestOf returns the key of a value that is kept as its SHA-256.
func DigestOf(value string) Key {
	d := sha256.Sum256(short(value))
	return Key(d[:])
}
