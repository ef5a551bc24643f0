// Package dpop judges the proofs by which a client shows that it has the key to which
// a token is bound, or is to be bound (RFC 9449). The issuer and the verifier share it.
//
// A [Checker] is made once, of a clock, a [Memory] of what was used, which [Replays]
// is for one process, and [Nonces] where a server wants proofs to carry one.
// [Checker.Check] then makes all the checks of RFC 9449, section 4.3, each a function
// with its clause above it, those that cost little before the signature. What fails is
// a [Refusal], which never holds any part of a proof; any other error says that
// nothing is known.
//
// [Thumbprint] and [CertificateThumbprint] are the names that tokens have for what
// they are bound to, [TokenHash] the one that proofs have for a token.
package dpop
