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
//	GET /strategies             what each declares of its staleness and of outages, as JSON
//	GET /floor                  an answer without any judging, to measure against
//	GET /healthz                200 as soon as it listens
//
// Each [Strategy] states its staleness bound, and what it accepts in an outage:
//
//	introspect           asks the issuer about each token, each time
//	introspect-cached    remembers what it said, for the cache's ttl
//	introspect-push      and forgets it as events_uri tells of a revocation
//	shared-cache         shares what it said with others, at the Redis of shared_cache
//	shared-db            reads the issuer's token table, which [Options] brings
//	local                verifies a JWT by the issuer's keys
//	local-cached         remembers by its hash that it did
//	local-denylist       and looks for it in the list of denylist_uri
//	local-status         and in the Token Status List that it names
//	local-online-status  and asks status_uri about it each time
//	hybrid               and on risky routes introspects it, too
//	phantom              has the issuer exchange an opaque token for its JWT
//	split                joins the signature, which is the token, with the issuer's rest
//
// Those without what they need, which [Needs] tells, aren't there. What they remember
// is found by a token's hash, bounded in number by [Cache], and never used past its exp;
// refused tokens have room of their own.
//
// To guard a handler of one's own, take a [Strategy] from [Verifier.Strategy], wrap
// the handler by [Protect] and read what the token said with [ClaimsFrom]:
//
//	route := verifier.Route{Scopes: []string{"write"}, Risky: true, Guard: v.Guard()}
//	mux.Handle("POST /transfer", verifier.Protect(strategy, route, transfer))
//
// Protect checks on each request what depends on it: the [Route]'s scopes, and with the
// [Guard], which all routes share, the sender. A token that is bound to a key (RFC 9449)
// or a certificate (RFC 8705) is of use only to who proves to have it, over a connection
// that ends here: a proxy that ends TLS hides the certificate.
//
// Each strategy has its file, each validation step its function with the clause it
// enforces above it. There is no option that turns a step off: what a step needs is
// a required part of the configuration.
package verifier
