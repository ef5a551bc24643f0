package verifier

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/jwt"
)

// split takes the signature of a JWT as the token, and gets header and payload from the
// issuer. Together they are verified as any JWT, and remembered by the signature's hash.
type split struct {
	*exchanged
	verifier *jwt.Verifier
}

func newSplit(p *parts) (Strategy, error) {
	e, v, err := newExchanged(p)
	if err != nil {
		return nil, err
	}
	s := &split{e, v}
	e.open, e.accept, e.plausible = s.open, mediaJWT, plausibleSignature
	return s, nil
}

// open joins header and payload from the issuer, which may give the whole JWT, with the
// signature from the client.
func (s *split) open(ctx context.Context, token string, x exchange) (claims.Claims, error) {
	rest := x.text
	if strings.Count(rest, ".") == 2 {
		rest = rest[:strings.LastIndexByte(rest, '.')]
	}
	return s.verifier.Verify(ctx, rest+"."+token, s.now())
}

// plausibleSignature reports whether a token may be the signature of a JWT: base64url, of
// no fewer octets than the shortest that a published key verifies (64: RFC 7518, section
// 3.4, and RFC 8032, section 5.1.6). The issuer isn't asked about others.
func plausibleSignature(token string) bool {
	octets, err := base64.RawURLEncoding.Strict().DecodeString(token)
	return err == nil && len(octets) >= 64
}
