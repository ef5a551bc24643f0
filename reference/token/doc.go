// Package token knows what access tokens are made of.
//
// In order of use: a [Form] says which kind of token to make; [NewID] draws the
// identifier of its [Claims]; then [NewOpaque] makes a token that is a mere
// identifier, whose claims somebody else has to keep, or [Signer.Sign] one that
// carries its claims in a signed JWT (RFC 9068). [Signer.Verify] gives back the
// claims of a token that the Signer's own keys signed, and of no other.
//
// The package has no clock: whether the claims are still valid is asked with
// [Claims.Live].
package token
