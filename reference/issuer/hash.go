package issuer

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// SecretHash is how the secrets of clients and the passwords of users are kept.
// Each request pays for it once, so that it can dominate the cost of issuing.
type SecretHash string

const (
	SHA256   SecretHash = "sha256" // for random secrets only: it is fast to guess against
	PBKDF2   SecretHash = "pbkdf2"
	Bcrypt   SecretHash = "bcrypt"
	Argon2id SecretHash = "argon2id"
)

// The parameters are the least that the OWASP Password Storage Cheat Sheet
// recommends for each function.
const (
	pbkdf2Iterations = 600_000 // with HMAC-SHA-256
	bcryptCost       = 10
	bcryptLongest    = 72       // bytes; what follows them wouldn't count
	argon2Memory     = 19 << 10 // KiB
	argon2Passes     = 2
	argon2Lanes      = 1

	saltBytes = 16
	hashBytes = 32
)

// check reports whether a secret is the right one.
type check func(secret string) bool

// secretHashes is the table of what can be chosen. longest is in bytes, 0 for no
// bound; prepare takes the salt from rand, except for bcrypt, which draws its own.
var secretHashes = []struct {
	name    SecretHash
	longest int
	prepare func(secret string, rand io.Reader) (check, error)
}{
	{SHA256, 0, prepareSHA256},
	{PBKDF2, 0, salted(func(secret string, salt []byte) ([]byte, error) {
		return pbkdf2.Key(sha256.New, secret, salt, pbkdf2Iterations, hashBytes)
	})},
	{Bcrypt, bcryptLongest, prepareBcrypt},
	{Argon2id, 0, salted(func(secret string, salt []byte) ([]byte, error) {
		// Each computation holds its memory, so that there are only as many at a time
		// as there is work for.
		argon2Slots <- struct{}{}
		defer func() { <-argon2Slots }()
		return argon2.IDKey([]byte(secret), salt, argon2Passes, argon2Memory, argon2Lanes, hashBytes), nil
	})},
}

var argon2Slots = make(chan struct{}, runtime.GOMAXPROCS(0))

// SecretHashes lists what can be chosen, the default first.
func SecretHashes() []SecretHash {
	out := make([]SecretHash, len(secretHashes))
	for i, h := range secretHashes {
		out[i] = h.name
	}
	return out
}

// longest returns the length of the longest secret in bytes, 0 for no bound; ok is
// false for an unknown hash. The empty name is the default.
func (h SecretHash) longest() (bytes int, ok bool) {
	for _, row := range secretHashes {
		if row.name == h || h == "" {
			return row.longest, true
		}
	}
	return 0, false
}

// Prepare hashes a secret as the issuer does, and returns what recognizes it. It is for
// those who measure what a request pays.
func (h SecretHash) Prepare(secret Secret, rand io.Reader) (matches func(secret string) bool, err error) {
	return h.prepare(string(secret), rand)
}

// prepare forgets the secret, but for what it takes to recognize it.
func (h SecretHash) prepare(secret string, rand io.Reader) (check, error) {
	for _, row := range secretHashes {
		if row.name != h && h != "" {
			continue
		}
		matches, err := row.prepare(secret, rand)
		if err != nil {
			return nil, fmt.Errorf("hash secret with %s: %w", row.name, err)
		}
		return matches, nil
	}
	return nil, errors.New("hash secret: unknown hash")
}

func prepareSHA256(secret string, _ io.Reader) (check, error) {
	want := sha256.Sum256([]byte(secret))
	return func(secret string) bool {
		got := sha256.Sum256([]byte(secret))
		return subtle.ConstantTimeCompare(got[:], want[:]) == 1
	}, nil
}

func salted(derive func(secret string, salt []byte) ([]byte, error)) func(string, io.Reader) (check, error) {
	return func(secret string, rand io.Reader) (check, error) {
		salt := make([]byte, saltBytes)
		if _, err := io.ReadFull(rand, salt); err != nil {
			return nil, fmt.Errorf("draw salt: %w", err)
		}
		want, err := derive(secret, salt)
		if err != nil {
			return nil, err
		}
		return func(secret string) bool {
			got, err := derive(secret, salt)
			return err == nil && subtle.ConstantTimeCompare(got, want) == 1
		}, nil
	}
}

func prepareBcrypt(secret string, _ io.Reader) (check, error) {
	want, err := bcrypt.GenerateFromPassword([]byte(secret), bcryptCost)
	if err != nil {
		return nil, err
	}
	return func(secret string) bool {
		// bcrypt repeats its input after a zero byte and ignores all past its longest,
		// so that other secrets than the right one would match.
		same := bcrypt.CompareHashAndPassword(want, []byte(secret)) == nil
		return same && len(secret) <= bcryptLongest && !strings.Contains(secret, "\x00")
	}, nil
}
