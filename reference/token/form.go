package token

import (
	"fmt"
	"io"
	"strings"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// Kind is what a token is to the one who judges it.
type Kind string

const (
	Opaque        Kind = "opaque"         // an identifier of claims that the issuer keeps
	SelfContained Kind = "self-contained" // carries its claims, signed
)

// Form is what a client is registered for: "opaque", "uuid", or the algorithm that
// signs its self-contained tokens.
type Form string

// The forms of tokens of the opaque kind.
const (
	OpaqueForm Form = "opaque" // 256 random bits
	UUIDForm   Form = "uuid"   // a random UUID, as some products issue by default
)

// Forms lists what can be issued.
func Forms() []Form {
	forms := []Form{OpaqueForm, UUIDForm}
	for _, a := range keys.Algorithms() {
		forms = append(forms, Form(a))
	}
	return forms
}

// Kind returns the kind of tokens of this form; ok is false for an unknown form.
func (f Form) Kind() (kind Kind, ok bool) {
	switch {
	case f == OpaqueForm, f == UUIDForm:
		return Opaque, true
	case f.Algorithm().Known():
		return SelfContained, true
	}
	return "", false
}

// Algorithm returns the signature algorithm of a self-contained form.
func (f Form) Algorithm() keys.Algorithm { return keys.Algorithm(f) }

// Draw makes a token of an opaque form.
func (f Form) Draw(rand io.Reader) (string, error) {
	switch f {
	case OpaqueForm:
		return NewOpaque(rand)
	case UUIDForm:
		return NewUUID(rand)
	}
	return "", fmt.Errorf("draw token: %q is no opaque form", string(f))
}

// LooksOpaque reports whether the token may be of an opaque form: no self-contained
// one looks so, and no identifier of a token (jti) either.
func LooksOpaque(token string) bool {
	return (len(token) == OpaqueLength || len(token) == UUIDLength) && !strings.Contains(token, ".")
}
