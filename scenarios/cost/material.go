package cost

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

// material is what the operations of one step work on. Keys, tokens and stores are
// made when they are first asked for, so that a step without RSA needn't wait for an
// RSA key.
type material struct {
	ctx     context.Context         // ends with the step
	rsa     map[int]crypto.Signer   // by bits
	keys    map[algorithm]*keys.Key //
	signers map[algorithm]*token.Signer
	stores  map[place]*filled
	getenv  func(string) string // nil for no variables
	closers []func() error      // of what was started or opened
}

func newMaterial(ctx context.Context) *material {
	return &material{ctx: ctx, rsa: map[int]crypto.Signer{}, keys: map[algorithm]*keys.Key{},
		signers: map[algorithm]*token.Signer{}, stores: map[place]*filled{}}
}

// close ends what the operations had started, the last first.
func (m *material) close() error {
	var all []error
	for len(m.closers) > 0 {
		last := len(m.closers) - 1
		all = append(all, m.closers[last]())
		m.closers = m.closers[:last]
	}
	return errors.Join(all...)
}

// rsaKey returns the step's RSA key of that size. All algorithms have the same: a key
// takes up to seconds to make, and these protect nothing.
func (m *material) rsaKey(bits int) (*rsa.PrivateKey, error) {
	if k, ok := m.rsa[bits]; ok {
		return k.(*rsa.PrivateKey), nil
	}
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, fmt.Errorf("generate RSA key of %d bits: %w", bits, err)
	}
	m.rsa[bits] = k
	return k, nil
}

// key returns the step's key of the algorithm.
func (m *material) key(a algorithm) (*keys.Key, error) {
	if k, ok := m.keys[a]; ok {
		return k, nil
	}
	var k *keys.Key
	var err error
	if a.bits != 0 {
		var private *rsa.PrivateKey
		if private, err = m.rsaKey(a.bits); err == nil {
			k, err = keys.New(a.name, private)
		}
	} else {
		k, err = keys.Generate(a.name, rand.Reader)
	}
	if err != nil {
		return nil, fmt.Errorf("make %s key: %w", a, err)
	}
	m.keys[a] = k
	return k, nil
}

// signer returns an issuer's signer with the step's key of the algorithm.
func (m *material) signer(a algorithm) (*token.Signer, error) {
	if s, ok := m.signers[a]; ok {
		return s, nil
	}
	k, err := m.key(a)
	if err != nil {
		return nil, err
	}
	ring, err := keys.NewRing(k)
	if err != nil {
		return nil, err
	}
	s, err := token.NewSigner(ring)
	if err != nil {
		return nil, err
	}
	m.signers[a] = s
	return s, nil
}

// token issues a self-contained access token.
func (m *material) token(a algorithm, c *token.Claims) (string, error) {
	s, err := m.signer(a)
	if err != nil {
		return "", err
	}
	return s.Sign(a.name, c)
}

// es256 signs the tokens of the operations to which a signature is mere bytes.
var es256 = algorithm{name: keys.ES256}

// input returns the token of that name, as a request would bring it.
func (m *material) input(name string) (string, error) {
	switch name {
	case "opaque-36":
		d := sha256.Sum256([]byte("a UUID of the cost scenario"))
		d[6], d[8] = d[6]&0x0f|0x40, d[8]&0x3f|0x80 // RFC 9562, section 5.4: version 4
		return fmt.Sprintf("%x-%x-%x-%x-%x", d[:4], d[4:6], d[6:8], d[8:10], d[10:16]), nil
	case "opaque-43":
		return m.opaque(0), nil
	case "jti":
		return tokenID, nil
	}
	for _, s := range sizes {
		if name == "jwt-"+s.name {
			return m.token(es256, s.claims())
		}
	}
	return "", fmt.Errorf("make input: none is called %q", name)
}

// inputs lists the names that input knows.
var inputs = []string{"jti", "jwt-0.6k", "jwt-2k", "jwt-8k", "opaque-36", "opaque-43"}

// opaque is the n-th identifier-type token: 256 bits in base64url, 43 characters.
func (m *material) opaque(n int) string {
	digest := sha256.Sum256(fmt.Appendf(nil, "opaque token %d of the cost scenario", n))
	return base64.RawURLEncoding.EncodeToString(digest[:])
}

// now is the time that the operations on tokens go by; each token is live then.
func (m *material) now() time.Time { return issuedAt }
