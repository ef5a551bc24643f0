// Package verifier is the reference resource server: it judges access tokens, by
// one of three strategies, before it hands out a protected resource.
//
// A [Config], written in Go or read by [ParseConfig], says which issuer is trusted
// and by which name the resource server knows itself. [New] turns it into a
// [Verifier], which is an http.Handler with
//
//	GET /introspect/resource         the resource, RFC 7662 on every request
//	GET /introspect-cached/resource  the resource, RFC 7662 behind a cache
//	GET /local/resource              the resource, RFC 9068 verified on the spot
//	GET /counters                    what it asked of the issuer so far, as JSON
//	GET /healthz                     200 as soon as it listens
//
// To guard a handler of one's own, take a [Strategy] from [Verifier.Strategy], wrap
// the handler by [Protect] and read what the token said with [ClaimsFrom].
//
// Each strategy has its file, each validation step its function with the clause it
// enforces above it. There is no option that turns a step off: what a step needs is
// a required part of the configuration.
package verifier
