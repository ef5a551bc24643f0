package token

import "github.com/oauthmark/oauthmark/reference/keys"

// Kind is what a token is to the one who judges it.
type Kind string

const (
	Opaque        Kind = "opaque"         // an identifier of claims that the issuer keeps
	SelfContained Kind = "self-contained" // carries its claims, signed
)

// Form is what a client is registered for: "opaque", or the algorithm that signs
// its self-contained tokens.
type Form string

// OpaqueForm is the form of tokens of the opaque kind.
const OpaqueForm Form = "opaque"

// Forms lists what can be issued.
func Forms() []Form {
	forms := []Form{OpaqueForm}
	for _, a := range keys.Algorithms() {
		forms = append(forms, Form(a))
	}
	return forms
}

// Kind returns the kind of tokens of this form; ok is false for an unknown form.
func (f Form) Kind() (kind Kind, ok bool) {
	switch {
	case f == OpaqueForm:
		return Opaque, true
	case f.Algorithm().Known():
		return SelfContained, true
	}
	return "", false
}

// Algorithm returns the signature algorithm of a self-contained form.
func (f Form) Algorithm() keys.Algorithm { return keys.Algorithm(f) }
