package cost

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"errors"

	"github.com/oauthmark/oauthmark/reference/store"
)

// The forms at rest that a token can be read from again, and inputs that are too long
// for one RSA block and aren't.
var (
	sealedForms  = []string{"AES-256-GCM", "RSA-OAEP"}
	sealedInputs = []string{"jwt-0.6k", "opaque-43"}
)

// sealOperations are seal/ATREST/INPUT and open/ATREST/INPUT: a token on its way into
// a record, and out of it.
func sealOperations() []operation {
	var all []operation
	for _, form := range sealedForms {
		for _, input := range sealedInputs {
			name := form + "/" + input
			all = append(all,
				operation{name: "seal/" + name, prepare: sealing(form, input, false)},
				operation{name: "open/" + name, prepare: sealing(form, input, true)})
		}
	}
	return all
}

func sealing(formName, inputName string, opens bool) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		input, err := m.input(inputName)
		if err != nil {
			return nil, nil, err
		}
		form, raw, err := m.sealer(formName, len(input))
		if err != nil {
			return nil, nil, err
		}
		row := form.Key(input)
		stored, err := form.Seal(row, input)
		if err != nil {
			return nil, nil, err
		}
		block, err := raw.seal([]byte(input))
		if err != nil {
			return nil, nil, err
		}
		if opens {
			return opening(input, func() (string, error) { return form.Open(row, stored) }),
				opening(input, func() (string, error) { b, err := raw.open(block); return string(b), err }), nil
		}
		return closing(input, func() ([]byte, error) { return form.Seal(row, input) },
				func(b []byte) (string, error) { return form.Open(row, b) }),
			closing(input, func() ([]byte, error) { return raw.seal([]byte(input)) },
				func(b []byte) (string, error) { b, err := raw.open(b); return string(b), err }), nil
	}
}

// closing seals the input each time; the check opens it again.
func closing(input string, seal func() ([]byte, error), open func([]byte) (string, error)) *pass {
	var out []byte
	return &pass{what: "seal token", size: len(input),
		once: func() (err error) { out, err = seal(); return err },
		check: func() error {
			got, err := open(out)
			if err != nil || got != input {
				return errors.New("what was sealed isn't the token")
			}
			if len(out) > 0 {
				out[len(out)-1] ^= 1
			}
			if got, err := open(out); err == nil && got == input {
				return errors.New("what was changed opens all the same")
			}
			return nil
		}}
}

// opening opens what was sealed before.
func opening(input string, open func() (string, error)) *pass {
	var out string
	return &pass{what: "open token", size: len(input),
		once: func() (err error) { out, err = open(); return err },
		check: func() error {
			if out != input {
				return errors.New("what was opened isn't the token")
			}
			return nil
		}}
}

// rawSealer is the encryption alone: no row that it is bound to, no key that is
// derived for it.
type rawSealer struct {
	seal func(plain []byte) ([]byte, error)
	open func(sealed []byte) ([]byte, error)
}

// sealer returns the store's form, and the primitive that it is of for an input of
// that length.
func (m *material) sealer(name string, length int) (*store.AtRest, rawSealer, error) {
	var key [store.AESKeySize]byte
	if _, err := rand.Read(key[:]); err != nil {
		return nil, rawSealer{}, err
	}
	gcm, err := newGCM(key[:])
	if err != nil {
		return nil, rawSealer{}, err
	}
	if name == "AES-256-GCM" {
		form, err := store.EncryptedAES(key, rand.Reader)
		return form, gcm, err
	}
	private, err := m.rsaKey(rsaBits)
	if err != nil {
		return nil, rawSealer{}, err
	}
	form, err := store.EncryptedRSA(private, rand.Reader)
	raw := rawSealer{
		func(plain []byte) ([]byte, error) {
			return rsa.EncryptOAEP(sha1.New(), rand.Reader, &private.PublicKey, plain, nil)
		},
		func(sealed []byte) ([]byte, error) { return rsa.DecryptOAEP(sha1.New(), nil, private, sealed, nil) },
	}
	// RFC 8017, section 7.1.1: a block takes k - 2 hLen - 2 bytes.
	if length > private.Size()-2*sha1.Size-2 {
		raw = hybrid(raw, gcm, key[:])
	}
	return form, raw, err
}

// rsaBits is the size of the RSA key that seals and that tokens are encrypted to.
const rsaBits = 2048

// hybrid seals a key by the one and the content by the other.
func hybrid(outer, inner rawSealer, key []byte) rawSealer {
	return rawSealer{
		func(plain []byte) ([]byte, error) {
			wrapped, err := outer.seal(key)
			if err != nil {
				return nil, err
			}
			sealed, err := inner.seal(plain)
			return append(wrapped, sealed...), err
		},
		func(sealed []byte) ([]byte, error) {
			if err := same(key)(outer.open(sealed[:rsaBits/8])); err != nil {
				return nil, err
			}
			return inner.open(sealed[rsaBits/8:])
		},
	}
}

// newGCM is AES-GCM with a nonce of its own for each value, in front of it.
func newGCM(key []byte) (rawSealer, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return rawSealer{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return rawSealer{}, err
	}
	return rawSealer{
		func(plain []byte) ([]byte, error) { return aead.Seal(nil, nil, plain, nil), nil },
		func(sealed []byte) ([]byte, error) { return aead.Open(nil, nil, sealed, nil) },
	}, nil
}
