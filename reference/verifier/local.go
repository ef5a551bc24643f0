package verifier

import (
	"context"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier/claims"
	"github.com/oauthmark/oauthmark/reference/verifier/jwt"
)

// local verifies a JWT access token (RFC 9068) by the issuer's published keys,
// without asking the issuer about the token.
type local struct {
	verifier *jwt.Verifier
	now      func() time.Time
}

func (s *local) Name() string { return Local }

func (s *local) StalenessBound() string {
	return "the token's remaining lifetime: a revocation is never seen, and a withdrawn key is trusted until the key set is fetched again"
}

func (s *local) Judge(ctx context.Context, token string) (claims.Claims, error) {
	return s.verifier.Verify(ctx, token, s.now())
}
