package corpus

// Kind is the kind of a token.
type Kind string

const (
	SelfContained Kind = "self-contained"
	Opaque        Kind = "opaque"
)

// Expect is what a resource server does with a token.
type Expect string

const (
	Reject Expect = "reject"
	Accept Expect = "accept"
)

// Level is how binding the expectation is (BCP 14).
type Level string

const (
	Must   Level = "MUST"
	Should Level = "SHOULD"
	// Policy is what no specification requires: a strict server does so, and another
	// may have its reasons. Leeway of the clock is such a reason.
	Policy Level = "POLICY"
)

// Levels lists them, the strictest first.
func Levels() []Level { return []Level{Must, Should, Policy} }

// Needs is what a verifier has to have for the expectation to hold.
type Needs string

const (
	NeedsScope  Needs = "scope"       // the route asks for the scope read
	NeedsStatus Needs = "status-list" // the verifier looks at Token Status Lists
)

// Reason is the class of what is wrong with a token.
type Reason string

const (
	ReasonForm         Reason = "form"          // it isn't the text of a token, or not spelled as one
	ReasonSize         Reason = "size"          // it is more than a server has to look at
	ReasonAlgorithm    Reason = "algorithm"     // not allowed at all
	ReasonKey          Reason = "key"           // not one that the issuer published to sign with
	ReasonKeyAlgorithm Reason = "key-algorithm" // the key is for another one
	ReasonSignature    Reason = "signature"
	ReasonCritical     Reason = "critical" // an extension that has to be understood
	ReasonType         Reason = "type"
	ReasonIncomplete   Reason = "incomplete" // a claim is missing
	ReasonIssuer       Reason = "issuer"
	ReasonAudience     Reason = "audience"
	ReasonExpired      Reason = "expired"
	ReasonNotYetValid  Reason = "not-yet-valid"
	ReasonScope        Reason = "scope"
	ReasonBinding      Reason = "binding" // to a key or certificate that wasn't shown
	ReasonStatus       Reason = "status"
	ReasonEncryption   Reason = "encryption"
	ReasonInactive     Reason = "inactive" // the issuer says so
)

// Reasons lists them.
func Reasons() []Reason {
	return []Reason{ReasonForm, ReasonSize, ReasonAlgorithm, ReasonKey, ReasonKeyAlgorithm, ReasonSignature, ReasonCritical, ReasonType,
		ReasonIncomplete, ReasonIssuer, ReasonAudience, ReasonExpired, ReasonNotYetValid, ReasonScope, ReasonBinding, ReasonStatus,
		ReasonEncryption, ReasonInactive}
}

// trusted are the reasons that a verifier finds only in a token that is signed well.
var trusted = map[Reason]bool{ReasonIncomplete: true, ReasonIssuer: true, ReasonAudience: true, ReasonExpired: true, ReasonNotYetValid: true,
	ReasonScope: true, ReasonBinding: true, ReasonStatus: true}
