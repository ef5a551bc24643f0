package load

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// asserter is somebody whose assertions an issuer trusts (RFC 7523). It isn't reached: the
// issuer is configured with its key.
type asserter struct {
	key  *keys.Key
	sign forge.Signer
}

// asserterIssuer is its iss. Nothing listens there: .test is reserved (RFC 2606).
const asserterIssuer = "https://assertions.oauthmark.test"

// assertionLife is how long an assertion is good: as long as a step may take.
const assertionLife = 30 * time.Minute

const assertionAlgorithm keys.Algorithm = "ES256"

func newAsserter() (*asserter, error) {
	key, err := keys.Generate(assertionAlgorithm, rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the key of assertions: %w", err)
	}
	sign, err := forge.SignWith(key, rand.Reader)
	return &asserter{key, sign}, err
}

// trusted is how an issuer is told to trust it.
func (a *asserter) trusted() issuer.TrustedIssuer {
	public := jose.JSONWebKey{Key: a.key.Public(), KeyID: a.key.ID, Algorithm: string(assertionAlgorithm), Use: "sig"}
	return issuer.TrustedIssuer{Issuer: asserterIssuer, JWKS: issuer.KeySet{Keys: []jose.JSONWebKey{public}}}
}

// assert says of the user to the audience that a token may be issued (RFC 7523, section 3),
// under a jti of its own.
func (a *asserter) assert(audience string) (string, error) {
	now := time.Now()
	header, err := forge.Object(map[string]any{"alg": string(assertionAlgorithm), "typ": "JWT", "kid": a.key.ID})
	if err != nil {
		return "", err
	}
	payload, err := forge.Object(map[string]any{"iss": asserterIssuer, "sub": loadUser, "aud": audience, "jti": rand.Text(),
		"iat": now.Unix(), "exp": now.Add(assertionLife).Unix()})
	if err != nil {
		return "", err
	}
	return forge.Token(header, payload, a.sign)
}
