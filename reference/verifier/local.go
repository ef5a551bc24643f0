package verifier

import (
	"context"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/jwt"
)

// local verifies a JWT access token (RFC 9068) by the issuer's published keys,
// without asking the issuer about the token.
type local struct {
	verifier *jwt.Verifier
	keys     *keySet
	now      func() time.Time
}

func newLocal(p *parts) (Strategy, error) { return p.local(), nil }

func (p *parts) local() *local { return &local{p.signed, p.keys, p.options.Now} }

func (s *local) StalenessBound() string { return localStaleness(s.keys) }

func (s *local) Outage() string { return localOutage }

func (s *local) Judge(ctx context.Context, token string) (claims.Claims, error) {
	return s.verifier.Verify(ctx, token, s.now())
}

// unexpired verifies a token for a strategy whose issuer says what is revoked.
func (s *local) unexpired(ctx context.Context, token string) (claims.Claims, error) {
	said, err := s.Judge(ctx, token)
	if err == nil {
		err = checkUnexpired(&said, s.now())
	}
	if err != nil {
		return claims.Claims{}, err
	}
	return said, nil
}

// localStaleness is the bound where the keys are all that is asked for.
func localStaleness(keys *keySet) string {
	return fmt.Sprintf("the token's remaining lifetime: a revocation is never seen, and a withdrawn key is trusted for at most %s", keys.maxAge)
}

const localOutage = "all that would be accepted otherwise, as long as the keys that are known sign the tokens"
