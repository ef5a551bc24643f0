// Package verifier is the reference resource server: it judges access tokens, by
// one of the [Strategies], before it hands out a protected resource.
//
// A [Config], written in Go or read by [ParseConfig], says which issuer is trusted
// and by which name the resource server knows itself. [New] turns it into a
// [Verifier], which is an http.Handler with
//
//	GET /STRATEGY/resource      the resource, by the strategy of that name
//	GET /STRATEGY/PATH          the same for each configured [Route], if there are any
//	GET /.well-known/oauth-protected-resource...  RFC 9728, where the resource is a URL
//	GET /counters               what it asked of the issuer so far, as JSON
//	GET /healthz                200 as soon as it listens
//
// To guard a handler of one's own, take a [Strategy] from [Verifier.Strategy], wrap
// the handler by [Protect] and read what the token said with [ClaimsFrom]:
//
//	route := verifier.Route{Scopes: []string{"write"}, Risky: true, Guard: v.Guard()}
//	mux.Handle("POST /transfer", verifier.Protect(strategy, route, transfer))
//
// Whatever the strategy, a token that is bound to a key (RFC 9449) or a certificate (RFC
// 8705) is of use only to who proves to have it, over a connection that ends here: a
// proxy that ends TLS hides the certificate.
//
// Each strategy has its file, each validation step its function with the clause it
// enforces above it. There is no option that turns a step off: what a step needs is
// a required part of the configuration.
package verifier
