package verifier

import "github.com/oauthmark/oauthmark/reference/claims"

// InvalidToken says that a token is refused, and why.
type InvalidToken = claims.InvalidToken

// Unavailable says that the issuer gave no usable answer, so that nothing is known
// about the token: it is neither accepted nor called invalid.
type Unavailable struct {
	Operation string // such as "introspect token" or "fetch key set"
	Err       error
}

func (e *Unavailable) Error() string { return e.Operation + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Unavailable) Unwrap() error { return e.Err }
