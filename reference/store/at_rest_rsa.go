package store

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
)

// minRSABits follows RFC 7518, section 4.3: RSA-OAEP keys MUST have 2048 bits or more.
const minRSABits = 2048

// EncryptedRSA seals values with RSA-OAEP, SHA-1 and MGF1 with SHA-1, as WSO2's
// RSA/ECB/OAEPwithSHA1andMGF1Padding does. RFC 8017, section 7.1: that takes up to
// k-42 bytes, 214 with a key of 2048 bits, which is enough for an opaque token or an
// identifier. A longer value, such as a JWT, is sealed with AES-256-GCM under a key
// that is drawn for it alone, and that key with RSA: several RSA blocks would each
// cost an RSA decryption, and could be reordered. A single block has no label, for
// WSO2's have none, and so isn't bound to its row.
func EncryptedRSA(key *rsa.PrivateKey, rand io.Reader) (*AtRest, error) {
	if key == nil || key.N.BitLen() < minRSABits {
		return nil, fmt.Errorf("at rest: RSA-OAEP needs a key of %d bits or more", minRSABits)
	}
	find, err := lookup(x509.MarshalPKCS1PrivateKey(key))
	if err != nil {
		return nil, err
	}
	e := envelope{key, rand}
	return &AtRest{name: "RSA-OAEP", key: find, seal: e.seal, open: e.open}, nil
}

type envelope struct {
	key  *rsa.PrivateKey
	rand io.Reader
}

// seal returns one RSA block for a short value, and an RSA block with the content
// key followed by the sealed content for a long one; the length tells them apart.
func (e envelope) seal(k Key, value string) ([]byte, error) {
	if len(value) <= e.key.Size()-2*sha1.Size-2 {
		return rsa.EncryptOAEP(sha1.New(), e.rand, &e.key.PublicKey, []byte(value), nil)
	}
	content := make([]byte, AESKeySize)
	if _, err := io.ReadFull(e.rand, content); err != nil {
		return nil, fmt.Errorf("draw content key: %w", err)
	}
	gcm, err := newGCM(content)
	if err != nil {
		return nil, err
	}
	wrapped, err := rsa.EncryptOAEP(sha1.New(), e.rand, &e.key.PublicKey, content, nil)
	if err != nil {
		return nil, err
	}
	// The key is used once, so any nonce is, too.
	return gcm.Seal(wrapped, make([]byte, gcm.NonceSize()), []byte(value), []byte(k)), nil
}

func (e envelope) open(k Key, sealed []byte) ([]byte, error) {
	size := e.key.Size()
	if len(sealed) < size {
		return nil, errors.New("short")
	}
	first, err := rsa.DecryptOAEP(sha1.New(), nil, e.key, sealed[:size], nil)
	if err != nil || len(sealed) == size {
		return first, err
	}
	gcm, err := newGCM(first)
	if err != nil {
		return nil, err
	}
	return gcm.Open(nil, make([]byte, gcm.NonceSize()), sealed[size:], []byte(k))
}
