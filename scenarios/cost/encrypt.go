package cost

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/token"
)

// encryptOperations are encrypt/ALG+ENC and decrypt/ALG+ENC: a signed token wrapped
// for one resource server (RFC 7519, section 5.2), and unwrapped there.
func encryptOperations() []operation {
	var all []operation
	for _, alg := range token.KeyManagements() {
		for _, enc := range token.ContentEncryptions() {
			name := alg + "+" + enc
			large := enc == string(jose.A128GCM) // the same code with a shorter key
			all = append(all,
				operation{name: "encrypt/" + name, prepare: encrypting(alg, enc), large: large},
				operation{name: "decrypt/" + name, prepare: decrypting(alg, enc), large: large})
		}
	}
	return all
}

// wrapping is what both directions work on.
type wrapping struct {
	signed    string
	encrypter *token.Encrypter
	decrypter *token.Decrypter
	raw       envelope
}

func (m *material) wrapping(alg, enc string) (w wrapping, err error) {
	if w.signed, err = m.token(es256, sizes[0].claims()); err != nil {
		return w, err
	}
	key, err := m.recipientKey(alg, enc)
	if err != nil {
		return w, fmt.Errorf("make recipient's key for %s: %w", alg, err)
	}
	jwk := jose.JSONWebKey{Key: key, KeyID: "cost-1", Use: "enc", Algorithm: alg}
	private, err := jwk.MarshalJSON()
	if err != nil {
		return w, errors.New("encode recipient's key")
	}
	public := private
	if half := jwk.Public(); half.Key != nil {
		if public, err = half.MarshalJSON(); err != nil {
			return w, errors.New("encode recipient's public key")
		}
	}
	if w.encrypter, err = token.NewEncrypter(alg, enc, public); err != nil {
		return w, err
	}
	if w.decrypter, err = token.NewDecrypter(alg, enc, private); err != nil {
		return w, err
	}
	w.raw, err = newEnvelope(alg, enc, key)
	return w, err
}

// recipientKey makes a key of the kind that the key management asks for.
func (m *material) recipientKey(alg, enc string) (any, error) {
	switch alg {
	case string(jose.RSA_OAEP_256):
		return m.rsaKey(rsaBits)
	case string(jose.ECDH_ES), string(jose.ECDH_ES_A256KW):
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	bytes := 32
	if alg == string(jose.DIRECT) {
		bytes = contentKeyBytes[enc] // RFC 7518, section 4.5: it is the content's key
	}
	key := make([]byte, bytes)
	_, err := rand.Read(key)
	return key, err
}

func encrypting(alg, enc string) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		w, err := m.wrapping(alg, enc)
		if err != nil {
			return nil, nil, err
		}
		var out string
		does := &pass{what: "encrypt token", size: len(w.signed),
			once: func() (err error) { out, err = w.encrypter.Encrypt(w.signed); return err },
			check: func() error {
				got, err := w.decrypter.Decrypt(out)
				if err != nil || got != w.signed {
					return errors.New("what was encrypted isn't the token")
				}
				return nil
			}}
		return does, closing(w.signed, func() ([]byte, error) { return w.raw.seal([]byte(w.signed)) },
			func(b []byte) (string, error) { b, err := w.raw.open(b); return string(b), err }), nil
	}
}

func decrypting(alg, enc string) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		w, err := m.wrapping(alg, enc)
		if err != nil {
			return nil, nil, err
		}
		wrapped, err := w.encrypter.Encrypt(w.signed)
		if err != nil {
			return nil, nil, err
		}
		sealed, err := w.raw.seal([]byte(w.signed))
		if err != nil {
			return nil, nil, err
		}
		altered := alter(wrapped, len(wrapped)-10)
		does := opening(w.signed, func() (string, error) { return w.decrypter.Decrypt(wrapped) })
		right := does.check
		does.check = func() error {
			if _, err := w.decrypter.Decrypt(altered); !errors.Is(err, token.ErrDecrypt) {
				return errors.New("a token that was changed is decrypted all the same")
			}
			return right()
		}
		return does, opening(w.signed, func() (string, error) { b, err := w.raw.open(sealed); return string(b), err }), nil
	}
}
