package verifier

// Reason is why a token was refused. It is one of the constants below, so it never
// holds any part of a token and may be shown to the client.
type Reason string

const (
	ReasonMalformed    Reason = "the token is malformed"
	ReasonInactive     Reason = "the token is not active"
	ReasonExpired      Reason = "the token has expired"
	ReasonNotYetValid  Reason = "the token is not valid yet"
	ReasonIssuer       Reason = "the token is from another issuer"
	ReasonAudience     Reason = "the token is for another audience"
	ReasonType         Reason = "the token is not of type at+jwt"
	ReasonCritical     Reason = "the token has a critical header parameter that is not understood"
	ReasonAlgorithm    Reason = "the token is signed with an algorithm that is not allowed"
	ReasonKeyUnknown   Reason = "the token is signed with a key that is not published"
	ReasonKeyAlgorithm Reason = "the token is signed with an algorithm other than its key's"
	ReasonSignature    Reason = "the token has a wrong signature"
)

// InvalidToken says that a token is refused.
type InvalidToken struct {
	Reason Reason
}

func (e *InvalidToken) Error() string { return "invalid token: " + string(e.Reason) }

func refuse(reason Reason) error { return &InvalidToken{Reason: reason} }

// Unavailable says that the issuer gave no usable answer, so that nothing is known
// about the token: it is neither accepted nor called invalid.
type Unavailable struct {
	Operation string // "introspect token" or "fetch key set"
	Err       error
}

func (e *Unavailable) Error() string { return e.Operation + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Unavailable) Unwrap() error { return e.Err }
