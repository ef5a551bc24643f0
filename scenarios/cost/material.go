package cost

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The parties and times of every token here. They are fixed, so that a token has
// the same size in every run.
const (
	issuer   = "https://issuer.example/tenants/main"
	audience = "https://api.example/orders"
	clientID = "order-import-7f3a"
	scope    = "orders:read orders:write invoices:read"
	tokenID  = "b2F1dGhtYXJrLWp0aS0xMg" // as long as 128 bits in base64url
	lifetime = time.Hour
)

// issuedAt is when every token here was issued; its verifier's clock stands at
// that time too.
var issuedAt = time.Unix(1_750_000_000, 0)

// claims is the claims set of an access token.
//
// RFC 9068, section 2.2: iss, exp, aud, sub, client_id, iat and jti are required;
// section 2.2.3: scope, where the request had one.
type claims struct {
	jwt.RegisteredClaims
	AuthorizedParty string `json:"azp"`
	ClientID        string `json:"client_id"`
	Scope           string `json:"scope"`
}

func newClaims() *claims {
	return &claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer,
			// RFC 9068, section 2.2: where no resource owner is involved, sub
			// names the client.
			Subject:   clientID,
			Audience:  jwt.ClaimStrings{audience},
			ExpiresAt: jwt.NewNumericDate(issuedAt.Add(lifetime)),
			IssuedAt:  jwt.NewNumericDate(issuedAt),
			ID:        tokenID,
		},
		AuthorizedParty: clientID,
		ClientID:        clientID,
		Scope:           scope,
	}
}

// key is a signing key with its identifier.
type key struct {
	id      string
	private crypto.Signer
}

// material is what the operations of one step work on. Keys are made when they
// are first asked for, so that a step without RSA needn't wait for an RSA key.
type material struct {
	ctx     context.Context // ends with the step
	keys    map[string]key  // by algorithm
	closers []func() error  // of what was started or opened
}

func newMaterial(ctx context.Context) *material { return &material{ctx: ctx, keys: map[string]key{}} }

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

// key returns the step's key of the algorithm.
func (m *material) key(alg algorithm) (key, error) {
	name := alg.method.Alg()
	if k, ok := m.keys[name]; ok {
		return k, nil
	}
	private, err := alg.generate()
	if err != nil {
		return key{}, fmt.Errorf("generate %s key: %w", name, err)
	}
	public, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return key{}, fmt.Errorf("encode public %s key: %w", name, err)
	}
	// As long as an RFC 7638 thumbprint, and as unique.
	digest := sha256.Sum256(public)
	k := key{id: base64.RawURLEncoding.EncodeToString(digest[:]), private: private}
	m.keys[name] = k
	return k, nil
}

// token issues an access token that the algorithm signs.
func (m *material) token(alg algorithm) (string, error) {
	k, err := m.key(alg)
	if err != nil {
		return "", err
	}
	return issue(alg.method, k, newClaims())
}

// opaque is an identifier-type token: 256 bits in base64url, 43 characters.
func (m *material) opaque() string {
	digest := sha256.Sum256([]byte("an opaque token of the cost scenario"))
	return base64.RawURLEncoding.EncodeToString(digest[:])
}
