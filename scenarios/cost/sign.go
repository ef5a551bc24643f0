package cost

import (
	"errors"
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

// signOperations are sign/ALG/SIZE.
func signOperations() []operation { return perAlgorithm("sign", signing) }

// perAlgorithm is a family with an operation for each algorithm and size.
func perAlgorithm(family string, prepare func(algorithm, size) func(*material) (work, work, error)) []operation {
	var all []operation
	for _, a := range algorithms() {
		for _, s := range sizes {
			d, _ := keys.Describe(a.name)
			all = append(all, operation{
				name: fmt.Sprintf("%s/%s/%s", family, a, s.name), prepare: prepare(a, s),
				// The size of the claims is the digest's matter, and that of the key isn't.
				large: a.larger() && s != sizes[0] || !a.common() && s == sizes[1],
				// The scheme rejects what it signed and tries again, until it finds one that
				// doesn't leak the key (FIPS 204, section 6.2): what counts is all tries.
				tail: family == "sign" && d.Family == keys.MLDSA,
			})
		}
	}
	return all
}

// signing prepares the operation that turns a claims set into an access token, as
// the issuer does. Its limit signs the same signing input.
func signing(a algorithm, s size) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		signer, err := m.signer(a)
		if err != nil {
			return nil, nil, err
		}
		sample, p, err := signed(m, a, s)
		if err != nil {
			return nil, nil, err
		}
		input := sample[:strings.LastIndexByte(sample, '.')]
		does := &issuance{signer: signer, algorithm: a.name, claims: s.claims(), size: len(input)}
		return does, &signature{primitive: p, input: []byte(input)}, nil
	}
}

// signed returns a token, and the primitive that its signature is of.
func signed(m *material, a algorithm, s size) (string, primitive, error) {
	sample, err := m.token(a, s.claims())
	if err != nil {
		return "", primitive{}, err
	}
	k, err := m.key(a)
	if err != nil {
		return "", primitive{}, err
	}
	p, err := primitiveOf(k)
	return sample, p, err
}

// issuance is the road from claims to a compact token. The identifier of the token
// is given, not drawn.
type issuance struct {
	signer    *token.Signer
	algorithm keys.Algorithm
	claims    *token.Claims
	size      int // of the signing input
	out       string
}

func (w *issuance) Do(n int) error {
	for range n {
		token, err := w.signer.Sign(w.algorithm, w.claims)
		if err != nil {
			return fmt.Errorf("issue token: %w", err)
		}
		w.out = token
	}
	return nil
}

func (w *issuance) Check() error {
	c, err := w.signer.Verify(w.out, issuedAt)
	if err != nil {
		return fmt.Errorf("the issued token is refused: %w", err)
	}
	if c.ID != w.claims.ID || c.Expires != w.claims.Expires || c.Scope != w.claims.Scope {
		return errors.New("the issued token doesn't say what it was to say")
	}
	return nil
}

func (w *issuance) Size() int { return w.size }

// signature is the signing primitive alone.
type signature struct {
	primitive primitive
	input     []byte
	out       []byte
}

func (w *signature) Do(n int) error {
	for range n {
		out, err := w.primitive.sign(w.input)
		if err != nil {
			return fmt.Errorf("sign with the primitive: %w", err)
		}
		w.out = out
	}
	return nil
}

func (w *signature) Check() error {
	if !w.primitive.verify(w.input, w.out) {
		return errors.New("the signature doesn't verify")
	}
	return nil
}

func (w *signature) Size() int { return len(w.input) }
