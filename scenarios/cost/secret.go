package cost

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"github.com/oauthmark/oauthmark/reference/issuer"
)

// secretOperations are secret/HASH: the reference issuer recognizes a client's secret.
func secretOperations() []operation {
	var all []operation
	for _, hash := range issuer.SecretHashes() {
		all = append(all, operation{name: "secret/" + string(hash), prepare: recognizing(hash)})
	}
	return all
}

const (
	rightSecret = "what a client of the cost scenario knows"
	wrongSecret = "what a client of the cost scenario guesses"
)

func recognizing(hash issuer.SecretHash) func(*material) (does, limit work, err error) {
	return func(*material) (work, work, error) {
		matches, err := hash.Prepare(rightSecret, rand.Reader)
		if err != nil {
			return nil, nil, err
		}
		limit, err := rawSecret(hash)
		return comparing(matches), limit, err
	}
}

// rawSecret is the hash alone with the comparison, by the issuer's parameters: the
// least that the OWASP Password Storage Cheat Sheet recommends.
func rawSecret(hash issuer.SecretHash) (work, error) {
	salt := []byte("sixteen of salt.")
	var derive func(secret string) ([]byte, error)
	switch hash {
	case issuer.SHA256:
		// By way of a slice, it would allocate one more, and take longer than the issuer.
		kept := sha256.Sum256([]byte(rightSecret))
		return comparing(func(s string) bool {
			d := sha256.Sum256([]byte(s))
			return subtle.ConstantTimeCompare(d[:], kept[:]) == 1
		}), nil
	case issuer.PBKDF2:
		derive = func(s string) ([]byte, error) { return pbkdf2.Key(sha256.New, s, salt, 600_000, 32) }
	case issuer.Argon2id:
		derive = func(s string) ([]byte, error) { return argon2.IDKey([]byte(s), salt, 2, 19<<10, 1, 32), nil }
	case issuer.Bcrypt:
		kept, err := bcrypt.GenerateFromPassword([]byte(rightSecret), 10)
		return comparing(func(s string) bool { return bcrypt.CompareHashAndPassword(kept, []byte(s)) == nil }), err
	default:
		return nil, fmt.Errorf("secret hash %s: no primitive is known", hash)
	}
	kept, err := derive(rightSecret)
	return comparing(func(s string) bool {
		got, err := derive(s)
		return err == nil && subtle.ConstantTimeCompare(got, kept) == 1
	}), err
}

func comparing(same func(secret string) bool) *pass {
	return &pass{what: "hash secret", size: len(rightSecret),
		once: func() error {
			if !same(rightSecret) {
				return errors.New("a good secret is refused")
			}
			return nil
		},
		check: func() error {
			if same(wrongSecret) {
				return errors.New("a wrong secret isn't refused")
			}
			return nil
		}}
}
