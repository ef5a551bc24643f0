package dpop

// Refusal is why a proof isn't accepted, in words that may be shown to anyone.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// There is one for each check of RFC 9449, section 4.3, and for the replay that section
// 11.1 tells of.
const (
	ErrCount     Refusal = "there is not exactly one DPoP proof"
	ErrForm      Refusal = "the DPoP proof is not a signed JWT"
	ErrClaims    Refusal = "the DPoP proof lacks a claim, or has one of the wrong type"
	ErrType      Refusal = "the DPoP proof is not of type dpop+jwt"
	ErrAlgorithm Refusal = "the DPoP proof is signed with an algorithm that is not accepted"
	ErrSignature Refusal = "the DPoP proof has a wrong signature"
	ErrKey       Refusal = "the DPoP proof has no public key that fits its algorithm"
	ErrMethod    Refusal = "the DPoP proof is for another method"
	ErrTarget    Refusal = "the DPoP proof is for another URL"
	ErrNonce     Refusal = "the DPoP proof needs the nonce of this answer"
	ErrTime      Refusal = "the DPoP proof is too old, or from the future"
	ErrToken     Refusal = "the DPoP proof is for another access token"
	ErrBinding   Refusal = "the DPoP proof is by another key than the token's"
	ErrReplay    Refusal = "the DPoP proof was used before"
)
