package cost

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// verifying prepares the operation by which a resource server accepts a token:
// parse, verify, validate. Its limit verifies a signature of the same signing input.
func verifying(alg algorithm) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		k, err := m.key(alg)
		if err != nil {
			return nil, nil, err
		}
		token, err := m.token(alg)
		if err != nil {
			return nil, nil, err
		}
		dot := strings.LastIndexByte(token, '.')
		input := []byte(token[:dot])
		raw, err := alg.sign(k.private, input)
		if err != nil {
			return nil, nil, fmt.Errorf("sign with the %s primitive: %w", alg.method.Alg(), err)
		}
		does := &acceptance{verifier: newVerifier(alg, k), token: token, altered: alter(token, dot+1)}
		limit := &verification{alg: alg, public: k.private.Public(), input: input, signature: raw}
		return does, limit, nil
	}
}

// alter returns the token with the character at the index replaced by another one
// of base64url: still well formed, and no longer signed.
func alter(token string, at int) string {
	other := "A"
	if token[at] == 'A' {
		other = "B"
	}
	return token[:at] + other + token[at+1:]
}

// verifier judges a self-contained access token as a resource server does.
type verifier struct {
	parser *jwt.Parser
	find   jwt.Keyfunc
}

// newVerifier returns a verifier that knows one key.
//
// RFC 9068, section 4: iss must be the expected issuer, aud must contain this
// resource server, exp must be in the future. RFC 8725, section 3.1: the
// algorithm is the verifier's choice, not the token's.
func newVerifier(alg algorithm, k key) verifier {
	known := map[string]crypto.PublicKey{k.id: k.private.Public()}
	return verifier{
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{alg.method.Alg()}),
			jwt.WithIssuer(issuer),
			jwt.WithAudience(audience),
			jwt.WithExpirationRequired(),
			jwt.WithStrictDecoding(),
			jwt.WithTimeFunc(func() time.Time { return issuedAt }),
		),
		find: func(t *jwt.Token) (any, error) {
			// RFC 9068, section 4: a typ other than at+jwt or
			// application/at+jwt must be rejected.
			typ, _ := t.Header["typ"].(string)
			if !strings.EqualFold(typ, "at+jwt") && !strings.EqualFold(typ, "application/at+jwt") {
				return nil, errors.New("typ isn't that of an access token")
			}
			id, _ := t.Header["kid"].(string)
			public, ok := known[id]
			if !ok {
				return nil, errors.New("kid is unknown")
			}
			return public, nil
		},
	}
}

// verify returns the claims of a token that is acceptable.
func (v verifier) verify(token string) (*claims, error) {
	set := new(claims)
	if _, err := v.parser.ParseWithClaims(token, set, v.find); err != nil {
		return nil, err
	}
	return set, nil
}

// acceptance is the road from a compact token to claims that can be relied on.
type acceptance struct {
	verifier verifier
	token    string
	altered  string // the same token with another signature
	out      *claims
}

func (w *acceptance) Do(n int) error {
	for range n {
		set, err := w.verifier.verify(w.token)
		if err != nil {
			return fmt.Errorf("a good token is refused: %w", err)
		}
		w.out = set
	}
	return nil
}

func (w *acceptance) Check() error {
	if w.out == nil || w.out.ID != tokenID {
		return errors.New("the accepted claims aren't those of the token")
	}
	if _, err := w.verifier.verify(w.altered); !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
		return errors.New("a token with an altered signature isn't refused for it")
	}
	return nil
}

func (w *acceptance) Size() int { return len(w.token) }

// verification is the verifying primitive alone, with the digest where it has one.
type verification struct {
	alg              algorithm
	public           crypto.PublicKey
	input, signature []byte
	out              bool
}

func (w *verification) Do(n int) error {
	for range n {
		w.out = w.alg.verify(w.public, w.input, w.signature)
		if !w.out {
			return errors.New("a good signature is refused")
		}
	}
	return nil
}

func (w *verification) Check() error {
	other := bytes.Clone(w.input)
	other[len(other)-1] ^= 1
	if !w.out || w.alg.verify(w.public, other, w.signature) {
		return errors.New("the signature is taken for one of other bytes")
	}
	return nil
}

func (w *verification) Size() int { return len(w.input) }
