// Package jwt verifies self-contained access tokens as a careful resource server
// does (RFC 9068, section 4; RFC 8725), one validation step per function with its
// clause above it.
//
// [ParseKeySet] turns an issuer's JWK Set into keys, each with the one algorithm that
// it may be used with; a [KeyFinder] hands them out by kid. [New] takes the [Rules],
// all of which are required, and [Verifier.Verify] then judges one token after
// another: its form, its header, its key, its signature, its claims, in this order,
// and nothing of a token is trusted before its signature was.
//
// Nothing here makes a request. A token can't cause one either: jku, x5u, jwk and x5c
// are not looked at.
package jwt
