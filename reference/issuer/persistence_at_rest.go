package issuer

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/store"
)

// AtRest says what a token looks like in the store.
type AtRest struct {
	Kind   AtRestKind `json:"kind,omitzero"`   // hashed when empty
	Digest Digest     `json:"digest,omitzero"` // of hashed; store.DefaultDigest when empty
	Cipher Cipher     `json:"cipher,omitzero"` // of encrypted; AES256GCM when empty
	// KeyFile holds the key of encrypted: 32 bytes in base64url for AES-256-GCM, a private
	// key in PEM for RSA-OAEP. When empty, a key is generated, for a store that ends with
	// the issuer.
	KeyFile string `json:"key_file,omitzero"`
}

// AtRestKind is a kind of form at rest.
type AtRestKind string

const (
	Plain     AtRestKind = "plain"
	Hashed    AtRestKind = "hashed"
	Encrypted AtRestKind = "encrypted"
)

// AtRestKinds lists what can be chosen.
func AtRestKinds() []AtRestKind { return []AtRestKind{Plain, Hashed, Encrypted} }

// Cipher is how what is encrypted at rest is encrypted.
type Cipher string

const (
	AES256GCM Cipher = "AES-256-GCM"
	RSAOAEP   Cipher = "RSA-OAEP" // with SHA-1 and MGF1, as WSO2 does
)

// Ciphers lists what can be chosen, the default first.
func Ciphers() []Cipher { return []Cipher{AES256GCM, RSAOAEP} }

const (
	generatedRSABits = 2048
	maxKeyFile       = 64 << 10 // bytes
)

var errKeyNeeded = errors.New("at_rest: key_file is missing: a generated key would be gone while the store is still there")

func (a AtRest) validate() error {
	kind := a.kind()
	switch {
	case !slices.Contains(AtRestKinds(), kind):
		return fmt.Errorf("kind: none of %v", AtRestKinds())
	case kind != Hashed && a.Digest != "":
		return fmt.Errorf("digest: not for kind %s", kind)
	case kind != Encrypted && (a.Cipher != "" || a.KeyFile != ""):
		return fmt.Errorf("cipher and key_file: not for kind %s", kind)
	case a.Cipher != "" && !slices.Contains(Ciphers(), a.Cipher):
		return fmt.Errorf("cipher: none of %v", Ciphers())
	case a.Digest != "":
		_, err := store.Hashed(string(a.Digest))
		return err
	}
	return nil
}

func (a AtRest) kind() AtRestKind {
	if a.Kind == "" {
		return Hashed
	}
	return a.Kind
}

// prepare makes the form.
func (a AtRest) prepare(random io.Reader, durable bool) (*store.AtRest, error) {
	switch a.kind() {
	case Plain:
		return store.Plain(), nil
	case Hashed:
		if a.Digest == "" {
			return store.Hashed(store.DefaultDigest)
		}
		return store.Hashed(string(a.Digest))
	}
	if durable && a.KeyFile == "" {
		return nil, errKeyNeeded
	}
	if a.Cipher == RSAOAEP {
		key, err := a.rsaKey()
		if err != nil {
			return nil, err
		}
		return store.EncryptedRSA(key, random)
	}
	key, err := a.aesKey(random)
	if err != nil {
		return nil, err
	}
	return store.EncryptedAES(key, random)
}

func (a AtRest) aesKey(random io.Reader) (key [store.AESKeySize]byte, err error) {
	if a.KeyFile == "" {
		if _, err := io.ReadFull(random, key[:]); err != nil {
			return key, fmt.Errorf("at_rest: draw key: %w", err)
		}
		return key, nil
	}
	b, err := a.readKey()
	if err != nil {
		return key, err
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.TrimSpace(string(b)), "="))
	if err != nil || len(raw) != len(key) {
		return key, fmt.Errorf("at_rest: key_file: not %d bytes in base64url", len(key))
	}
	copy(key[:], raw)
	return key, nil
}

func (a AtRest) rsaKey() (*rsa.PrivateKey, error) {
	if a.KeyFile == "" {
		key, err := rsa.GenerateKey(rand.Reader, generatedRSABits)
		if err != nil {
			return nil, fmt.Errorf("at_rest: generate key: %w", err)
		}
		return key, nil
	}
	b, err := a.readKey()
	if err != nil {
		return nil, err
	}
	if block, _ := pem.Decode(b); block != nil {
		if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
			return key, nil
		}
		if parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			if key, ok := parsed.(*rsa.PrivateKey); ok {
				return key, nil
			}
		}
	}
	return nil, errors.New("at_rest: key_file: not an RSA private key in PEM (PKCS #8 or PKCS #1)")
}

func (a AtRest) readKey() ([]byte, error) {
	f, err := os.Open(a.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("at_rest: key_file: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, fmt.Errorf("at_rest: key_file: %w", err)
	}
	return b, nil
}
