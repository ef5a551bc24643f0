package verifier

import (
	"context"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/verifier/claims"
)

// The strategies' names, which are also the first segment of their paths.
const (
	Introspect       = "introspect"
	IntrospectCached = "introspect-cached"
	Local            = "local"
)

// Strategy is a way to judge an access token.
type Strategy interface {
	// Name is the strategy's identifier, as in [Strategies].
	Name() string

	// Judge returns what the token says once every check has passed. Otherwise the
	// error is, by errors.As, an [*InvalidToken] when the token is refused or an
	// [*Unavailable] when the issuer couldn't be asked and nothing is known about
	// the token; or the context's error. No error contains the token.
	Judge(ctx context.Context, token string) (claims.Claims, error)

	// StalenessBound says how long a token may still be accepted after the issuer
	// revoked it.
	StalenessBound() string
}

// Strategies lists the names of the strategies, in a fixed order.
func Strategies() []string { return []string{Introspect, IntrospectCached, Local} }

// Algorithms lists the JWS algorithms that a [Config] may allow: those whose keys can
// be published. A key that resource servers share with the issuer would let each of
// them issue.
func Algorithms() []string {
	var names []string
	for _, a := range keys.Algorithms() {
		if d, _ := keys.Describe(a); !d.Shared() {
			names = append(names, string(a))
		}
	}
	return names
}
