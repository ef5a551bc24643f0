package targets

import (
	"slices"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// otherWords are those that specifications register beside the algorithms of
// [keys.Algorithms]: error codes (RFC 6749, section 5.2, and RFC 8707, section 2), and
// algorithms that no one here has keys for.
var otherWords = []string{
	"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
	"invalid_scope", "invalid_target", "server_error", "temporarily_unavailable",
	Opaque, "none", "ES256K", "Ed448",
}

// Word returns what a server said where it is an error code or a form of token, and
// otherwise the other text. A server may write anything there, a secret too, so that
// only known words are repeated.
func Word(said, otherwise string) string {
	if keys.Algorithm(said).Known() || slices.Contains(otherWords, said) {
		return said
	}
	return otherwise
}
