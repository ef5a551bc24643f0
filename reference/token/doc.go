// Package token knows what access tokens are made of.
//
// In order of use: a [Form] says which kind of token to make; [NewID] draws the
// identifier of its [Claims]; then [Form.Draw] makes a token that is a mere
// identifier, whose claims somebody else has to keep, or [Signer.Sign] one that
// carries its claims in a signed JWT (RFC 9068). [Signer.Verify] gives back the
// claims of a token that the Signer's own keys signed, and of no other.
//
// A signed token may be wrapped for one resource server with [Encrypter.Encrypt] (a
// nested JWT: RFC 7519, section 5.2) and unwrapped with [Decrypter.Decrypt].
//
// Or it stays behind another one, for a gateway to fetch, and the client learns nothing
// of it. Of the form phantom-ES256 the client holds a drawn identifier; of the form
// split-ES256 the JWT's signature, which [Split] takes off and [Join] puts back, so
// that what is kept isn't a token. Any algorithm may stand in the place of ES256, but an
// HMAC in the split form.
//
// What a token says is the same whoever issues it; how it says it is a [Profile]'s:
// [Signer.SignAs] makes the tokens of any, and [Profile.AppendAnswer] what is answered
// about them.
//
// A hybrid token is a signed one whose claims are kept as well: it can be verified by
// its signature or asked about, and revoked. The jti is in the token for all to read,
// so it must be worth nothing by itself: most are shorter than any opaque token, and
// [LooksOpaque] says no to them. Where both are UUIDs, whoever keeps the claims must
// not find them by the jti as if that were a token.
//
// The package has no clock: whether the claims are still valid is asked with
// [Claims.Live].
package token
