package cost

import (
	"crypto"
	"errors"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

// signing prepares the operation that turns a claims set into an access token, as
// an issuer does. Its limit signs the same signing input.
func signing(alg algorithm) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		k, err := m.key(alg)
		if err != nil {
			return nil, nil, err
		}
		set := newClaims()
		input, err := unsigned(alg.method, k, set).SigningString()
		if err != nil {
			return nil, nil, fmt.Errorf("encode claims: %w", err)
		}
		does := &issuance{alg: alg, key: k, claims: set, size: len(input)}
		return does, &signature{alg: alg, private: k.private, input: []byte(input)}, nil
	}
}

// unsigned is an access token before its signature.
func unsigned(method jwt.SigningMethod, k key, set *claims) *jwt.Token {
	t := jwt.NewWithClaims(method, set)
	// RFC 9068, section 2.1: the typ of an access token should be at+jwt.
	t.Header["typ"] = "at+jwt"
	t.Header["kid"] = k.id
	return t
}

func issue(method jwt.SigningMethod, k key, set *claims) (string, error) {
	token, err := unsigned(method, k, set).SignedString(k.private)
	if err != nil {
		return "", fmt.Errorf("sign with %s: %w", method.Alg(), err)
	}
	return token, nil
}

// issuance is the road from header and claims to a compact token. The identifier
// of the token is given, not drawn.
type issuance struct {
	alg    algorithm
	key    key
	claims *claims
	size   int // of the signing input
	out    string
}

func (w *issuance) Do(n int) error {
	for range n {
		token, err := issue(w.alg.method, w.key, w.claims)
		if err != nil {
			return err
		}
		w.out = token
	}
	return nil
}

func (w *issuance) Check() error {
	if _, err := newVerifier(w.alg, w.key).verify(w.out); err != nil {
		return fmt.Errorf("the issued token is refused: %w", err)
	}
	return nil
}

func (w *issuance) Size() int { return w.size }

// signature is the signing primitive alone, with the digest where it has one.
type signature struct {
	alg     algorithm
	private crypto.Signer
	input   []byte
	out     []byte
}

func (w *signature) Do(n int) error {
	for range n {
		out, err := w.alg.sign(w.private, w.input)
		if err != nil {
			return fmt.Errorf("sign with the %s primitive: %w", w.alg.method.Alg(), err)
		}
		w.out = out
	}
	return nil
}

func (w *signature) Check() error {
	if !w.alg.verify(w.private.Public(), w.input, w.out) {
		return errors.New("the signature doesn't verify")
	}
	return nil
}

func (w *signature) Size() int { return len(w.input) }
