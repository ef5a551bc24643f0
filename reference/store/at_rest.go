package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

var (
	// ErrNoCopy says that the form keeps nothing that a value could be read from.
	ErrNoCopy = errors.New("only a digest is kept")
	// ErrSealed says that a stored value is damaged, of another key or of another row.
	ErrSealed = errors.New("the stored value can't be opened")
)

// AtRest is the form in which values, which are tokens or their identifiers, are
// stored. It may be used concurrently, as far as the randomness it was given may.
type AtRest struct {
	name string
	key  func(value string) Key
	seal func(k Key, value string) ([]byte, error) // nil where nothing is kept
	open func(k Key, sealed []byte) ([]byte, error)
}

// Name is how the form is called in a configuration.
func (a *AtRest) Name() string { return a.name }

// Key returns how the record of a value is found.
func (a *AtRest) Key(value string) Key { return a.key(value) }

// Seal returns what is stored of a value in the row of the key: nothing when hashed.
func (a *AtRest) Seal(k Key, value string) ([]byte, error) {
	if a.seal == nil {
		return nil, nil
	}
	b, err := a.seal(k, value)
	if err != nil {
		return nil, fmt.Errorf("seal with %s: %w", a.name, err)
	}
	return b, nil
}

// Open returns the value that was sealed for the row of the key. What AES-256-GCM
// sealed doesn't open in another row.
func (a *AtRest) Open(k Key, sealed []byte) (string, error) {
	if a.open == nil {
		return "", fmt.Errorf("open with %s: %w", a.name, ErrNoCopy)
	}
	b, err := a.open(k, sealed)
	if err != nil {
		return "", fmt.Errorf("open with %s: %w", a.name, ErrSealed)
	}
	return string(b), nil
}

// Plain stores values as they are: who reads the store has the tokens.
func Plain() *AtRest {
	return &AtRest{
		name: "plain",
		key:  func(v string) Key { return Key(v) },
		seal: func(_ Key, v string) ([]byte, error) { return []byte(v), nil },
		open: func(_ Key, b []byte) ([]byte, error) { return b, nil },
	}
}

// AESKeySize is the size of the key of [EncryptedAES], in bytes.
const AESKeySize = 32

// EncryptedAES seals values with AES-256-GCM, each with a nonce of its own drawn
// from rand. NIST SP 800-38D, section 8.3: with random nonces a key MUST NOT seal
// more than 2^32 values.
func EncryptedAES(key [AESKeySize]byte, rand io.Reader) (*AtRest, error) {
	gcm, err := newGCM(key[:])
	if err != nil {
		return nil, err
	}
	find, err := lookup(key[:])
	if err != nil {
		return nil, err
	}
	return &AtRest{
		name: "AES-256-GCM",
		key:  find,
		seal: func(k Key, v string) ([]byte, error) {
			nonce := make([]byte, gcm.NonceSize(), gcm.NonceSize()+len(v)+gcm.Overhead())
			if _, err := io.ReadFull(rand, nonce); err != nil {
				return nil, fmt.Errorf("draw nonce: %w", err)
			}
			return gcm.Seal(nonce, nonce, []byte(v), []byte(k)), nil
		},
		open: func(k Key, b []byte) ([]byte, error) {
			if len(b) < gcm.NonceSize() {
				return nil, ErrSealed
			}
			return gcm.Open(nil, b[:gcm.NonceSize()], b[gcm.NonceSize():], []byte(k))
		},
	}, nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("at rest: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("at rest: %w", err)
	}
	return gcm, nil
}

// lookup returns how sealed values are found. The same value seals to other bytes
// each time, so that rows need a digest to be found by; it is keyed, or the
// encryption of a value that can be guessed would be of no use.
func lookup(secret []byte) (func(string) Key, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "oauthmark: rows of sealed values", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("at rest: derive key: %w", err)
	}
	return func(v string) Key {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(v))
		return Key(m.Sum(nil))
	}, nil
}
