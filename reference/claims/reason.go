package claims

// Reason is why a token was refused. It is one of the constants below, so it never
// holds any part of a token and may be shown to the client.
type Reason string

const (
	ReasonMalformed    Reason = "the token is malformed"
	ReasonTooLong      Reason = "the token is too long for this resource server"
	ReasonInactive     Reason = "the token is not active"
	ReasonKind         Reason = "the token is not an access token"
	ReasonRevoked      Reason = "the token was revoked"
	ReasonExpired      Reason = "the token has expired"
	ReasonNotYetValid  Reason = "the token is not valid yet"
	ReasonForm         Reason = "the token has a claim in a form that is not accepted here"
	ReasonIncomplete   Reason = "the token lacks a claim that is required"
	ReasonIssuer       Reason = "the token is from another issuer"
	ReasonAudience     Reason = "the token is for another audience"
	ReasonType         Reason = "the token is not of type at+jwt"
	ReasonCritical     Reason = "the token has a critical header parameter that is not understood"
	ReasonAlgorithm    Reason = "the token is signed with an algorithm that is not allowed"
	ReasonKeyUnnamed   Reason = "the token does not say which of several keys signed it"
	ReasonKeyUnknown   Reason = "the token is signed with a key that is not published"
	ReasonKeyAlgorithm Reason = "the token is signed with an algorithm other than its key's"
	ReasonSignature    Reason = "the token has a wrong signature"
	ReasonEncryption   Reason = "the token is not encrypted as it has to be"
	ReasonStatus       Reason = "the token's status is not one to accept"
	ReasonBinding      Reason = "the token is bound to a key that was not proved"
)

// Ours reports whether the reason lies in what this resource server was told to accept,
// or in a limit of its own: another one may accept the token, and be right.
func (r Reason) Ours() bool {
	switch r {
	case ReasonTooLong, ReasonForm, ReasonKind, ReasonIncomplete, ReasonType, ReasonAlgorithm, ReasonKeyUnnamed, ReasonEncryption, ReasonNotYetValid:
		return true
	}
	return false
}

// InvalidToken says that a token is refused.
type InvalidToken struct {
	Reason Reason
}

func (e *InvalidToken) Error() string { return "invalid token: " + string(e.Reason) }

// Refuse returns an [*InvalidToken].
func Refuse(reason Reason) error { return &InvalidToken{Reason: reason} }
