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

// Form is what a client is registered for: "opaque", "uuid", the algorithm that signs
// its self-contained tokens, or that algorithm after [PhantomPrefix] or [SplitPrefix].
type Form string

// The forms of tokens of the opaque kind that stand for claims alone.
const (
	OpaqueForm Form = "opaque" // 256 random bits
	UUIDForm   Form = "uuid"   // a random UUID, as some products issue by default
)

// The forms of tokens of the opaque kind that stand for a JWT, which a gateway gets in
// their place: phantom-ES256, split-ES256.
const (
	PhantomPrefix = "phantom-" // an identifier as opaque has it
	SplitPrefix   = "split-"   // the JWT's own signature: see [Split]
)

// Forms lists what can be issued.
func Forms() []Form {
	forms := []Form{OpaqueForm, UUIDForm}
	for _, prefix := range []string{"", PhantomPrefix, SplitPrefix} {
		for _, a := range keys.Algorithms() {
			if f := Form(prefix + string(a)); f.known() {
				forms = append(forms, f)
			}
		}
	}
	return forms
}

// Kind returns the kind of tokens of this form, which is what the client holds; ok is
// false for an unknown form.
func (f Form) Kind() (kind Kind, ok bool) {
	switch prefix, _ := f.cut(); {
	case !f.known():
		return "", false
	case f == OpaqueForm, f == UUIDForm, prefix != "":
		return Opaque, true
	}
	return SelfContained, true
}

// Algorithm returns the signature algorithm of a form whose tokens are JWTs or stand for
// some, "" for the others.
func (f Form) Algorithm() keys.Algorithm {
	_, name := f.cut()
	if a := keys.Algorithm(name); a.Known() {
		return a
	}
	return ""
}

// Phantom reports whether the client holds an identifier that stands for a JWT.
func (f Form) Phantom() bool { prefix, _ := f.cut(); return prefix == PhantomPrefix }

// Split reports whether the client holds the signature of a JWT.
func (f Form) Split() bool { prefix, _ := f.cut(); return prefix == SplitPrefix }

func (f Form) cut() (prefix, rest string) {
	for _, prefix := range []string{PhantomPrefix, SplitPrefix} {
		if rest, ok := strings.CutPrefix(string(f), prefix); ok {
			return prefix, rest
		}
	}
	return "", string(f)
}

// known refuses to split what an HMAC signs: whoever verifies such a token can make its
// signature again of the rest that a gateway keeps, and that rest is to be worth nothing.
func (f Form) known() bool {
	if f == OpaqueForm || f == UUIDForm {
		return true
	}
	a := f.Algorithm()
	if !f.Split() {
		return a != ""
	}
	d, ok := keys.Describe(a)
	return ok && !d.Shared()
}

// Draw makes a token of an opaque form that is drawn and not signed.
func (f Form) Draw(rand io.Reader) (string, error) {
	switch {
	case f == OpaqueForm, f.Phantom() && f.known():
		return NewOpaque(rand)
	case f == UUIDForm:
		return NewUUID(rand)
	}
	return "", fmt.Errorf("draw token: %q is no form that is drawn", string(f))
}

// MinSplitLength is the number of characters of the shortest signature that is handed
// out by itself: 64 octets, of ES256 and EdDSA (RFC 7518, section 3.4; RFC 8032, section
// 5.1.6). All others are longer, those of ML-DSA by kilobytes.
const MinSplitLength = 86

// LooksSplit reports whether the token may be the signature of a JWT, alone.
func LooksSplit(token string) bool {
	return len(token) >= MinSplitLength && !strings.Contains(token, ".")
}

// LooksOpaque reports whether the token may be of an opaque form: no self-contained
// one looks so, and no identifier of a token (jti) either.
func LooksOpaque(token string) bool {
	return (len(token) == OpaqueLength || len(token) == UUIDLength) && !strings.Contains(token, ".") || LooksSplit(token)
}
