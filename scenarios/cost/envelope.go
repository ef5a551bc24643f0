package cost

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// envelope is the primitives of a JWE without its framing: agree on a key or wrap
// one, then encrypt the content. The framing is RFC 7516's; what is left out is its
// header, base64url, and the derivation of the agreed key (RFC 7518, section 4.6.2).
type envelope = rawSealer

// contentKeyBytes is the length of the key of each content encryption (RFC 7518,
// sections 5.2.5 and 5.3).
var contentKeyBytes = map[string]int{
	string(jose.A256GCM): 32, string(jose.A128GCM): 16, string(jose.A256CBC_HS512): 64,
}

// newEnvelope returns the primitives for the recipient's key. The content's key is
// the same each time, for its drawing is next to nothing.
func newEnvelope(alg, enc string, recipient any) (envelope, error) {
	key := make([]byte, contentKeyBytes[enc])
	if _, err := rand.Read(key); err != nil {
		return envelope{}, err
	}
	content, err := newGCM(key)
	if enc == string(jose.A256CBC_HS512) {
		content, err = newCBC(key)
	}
	if err != nil {
		return envelope{}, err
	}
	wrap, unwrap, err := keyPrimitives(alg, recipient, key)
	if err != nil {
		return envelope{}, fmt.Errorf("primitives of %s: %w", alg, err)
	}
	return envelope{
		func(plain []byte) ([]byte, error) {
			if err := wrap(); err != nil {
				return nil, err
			}
			return content.seal(plain)
		},
		func(sealed []byte) ([]byte, error) {
			if err := unwrap(); err != nil {
				return nil, err
			}
			return content.open(sealed)
		},
	}, nil
}

// keyPrimitives are what either side does for the content's key.
func keyPrimitives(alg string, recipient any, key []byte) (wrap, unwrap func() error, err error) {
	nothing := func() error { return nil }
	switch r := recipient.(type) {
	case *rsa.PrivateKey:
		wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &r.PublicKey, key, nil)
		return func() error {
				_, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &r.PublicKey, key, nil)
				return err
			}, func() error {
				return same(key)(rsa.DecryptOAEP(sha256.New(), nil, r, wrapped, nil))
			}, err
	case *ecdsa.PrivateKey:
		return agreement(r, alg == string(jose.ECDH_ES_A256KW), len(key))
	case []byte:
		if alg == string(jose.DIRECT) {
			return nothing, nothing, nil
		}
		kw, err := newGCM(r)
		if err != nil {
			return nil, nil, err
		}
		wrapped, err := kw.seal(key)
		return func() error { _, err := kw.seal(key); return err },
			func() error { return same(key)(kw.open(wrapped)) }, err
	}
	return nil, nil, errors.New("a key of another type")
}

// same is what refuses any other key than that one.
func same(want []byte) func(got []byte, err error) error {
	return func(got []byte, err error) error {
		if err == nil && !bytes.Equal(got, want) {
			err = errors.New("another key")
		}
		return err
	}
}

// agreement is ECDH with a key pair that is made for the one token, and where the
// content's key is wrapped, the blocks of that: RFC 3394, section 2.2.1, six for each
// eight bytes.
func agreement(private *ecdsa.PrivateKey, wraps bool, keyBytes int) (wrap, unwrap func() error, err error) {
	own, err := private.ECDH()
	if err != nil {
		return nil, nil, err
	}
	other, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	agreed, err := other.ECDH(own.PublicKey())
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		return nil, nil, err
	}
	blocks := 0
	if wraps {
		blocks = 6 * keyBytes / 8
	}
	each := func(do func(dst, src []byte)) {
		var b [aes.BlockSize]byte
		for range blocks {
			do(b[:], b[:])
		}
	}
	return func() error {
			ephemeral, err := ecdh.P256().GenerateKey(rand.Reader)
			if err != nil {
				return err
			}
			_, err = ephemeral.ECDH(own.PublicKey())
			each(block.Encrypt)
			return err
		}, func() error {
			err := same(agreed)(own.ECDH(other.PublicKey()))
			each(block.Decrypt)
			return err
		}, nil
}

// newCBC is AES-256-CBC with half of HMAC-SHA-512 over its ciphertext (RFC 7518,
// section 5.2.2): the first half of the key is the MAC's.
func newCBC(key []byte) (rawSealer, error) {
	macKey := key[:32]
	block, err := aes.NewCipher(key[32:])
	if err != nil {
		return rawSealer{}, err
	}
	tag := func(b []byte) []byte {
		m := hmac.New(sha512.New, macKey)
		m.Write(b)
		return m.Sum(nil)[:32]
	}
	return rawSealer{
		func(plain []byte) ([]byte, error) {
			pad := aes.BlockSize - len(plain)%aes.BlockSize
			out := make([]byte, aes.BlockSize+len(plain)+pad, aes.BlockSize+len(plain)+pad+32)
			if _, err := rand.Read(out[:aes.BlockSize]); err != nil {
				return nil, err
			}
			body := out[aes.BlockSize:]
			for i := copy(body, plain); i < len(body); i++ {
				body[i] = byte(pad)
			}
			cipher.NewCBCEncrypter(block, out[:aes.BlockSize]).CryptBlocks(body, body)
			return append(out, tag(out)...), nil
		},
		func(sealed []byte) ([]byte, error) {
			body := sealed[:len(sealed)-32]
			if !hmac.Equal(tag(body), sealed[len(sealed)-32:]) {
				return nil, errors.New("another tag")
			}
			out := make([]byte, len(body)-aes.BlockSize)
			cipher.NewCBCDecrypter(block, body[:aes.BlockSize]).CryptBlocks(out, body[aes.BlockSize:])
			return out[:len(out)-int(out[len(out)-1])], nil
		},
	}, nil
}
