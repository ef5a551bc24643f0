// Package issuer is the reference authorization server: what a correct one says,
// and no more than is needed to say it fast.
//
// In order of use: [ParseConfig] reads who may ask for which tokens; [New] makes
// an [Issuer] of it, which is an [http.Handler]; [Issuer.Close] ends it.
//
// Below the path of the issuer identifier, which is most often empty, it serves
//
//	POST /token       RFC 6749, section 3.2
//	GET  /authorize   RFC 6749, section 3.1, where a client is registered for codes
//	POST /introspect  RFC 7662
//	POST /revoke      RFC 7009
//	GET  /userinfo    OpenID Connect Core 1.0, section 5.3, where there are users
//	GET  /denylist    what was revoked, to download
//	POST /status      whether a jti was revoked
//	GET  /events      revocations, as server-sent events
//	GET  /statuslists/ID  Token Status List, with status_list: true
//	GET  /metrics     counters, for Prometheus
//	GET  /jwks        RFC 7517
//
// its metadata at /.well-known/oauth-authorization-server followed by that path
// (RFC 8414) and, below it, at /.well-known/openid-configuration, those of the resource
// at /.well-known/oauth-protected-resource (RFC 9728), and 200 at GET /healthz. It logs nothing.
//
// What is kept of tokens, where and in which form is said by [Persistence] and
// [StoreURL], whether self-contained ones are encrypted by [Encryption]. A store other
// than memory is opened by whoever makes the issuer. Several processes may share that of
// a server: what one has revoked the others know of, and an assertion, a proof or a code
// that one has accepted no other accepts again.
//
// The keys that sign come from Options.Keys, or else from the configuration: keys_file,
// which keeps them and what [Issuer.Control] makes of them through a restart, and
// hmac_keys; what is in neither is generated, and ends with the issuer. Phantom and split
// tokens stand for a JWT: it is signed and kept when they are issued (stand_in.go), and
// a gateway that asks /introspect for application/jwt gets it (introspect_whole.go).
//
// Who may introspect whose tokens, and what each is told, is said by [Introspector]. A client
// that isn't one hears of its own tokens alone (introspector.go). Pages of other origins may
// read what is public; those of public clients may get, use and revoke tokens
// (cross_origin.go).
//
// TLS is the listener's. Mutual TLS, whether clients authenticate with certificates or
// have tokens bound to them, needs one that asks for certificates, and for
// tls_client_auth verifies their chain.
//
// A token request is authenticated by one of the methods in auth.go, judged by the
// row of its grant_type in grant.go, and its tokens are minted in issue.go;
// each method and each grant has a file of its own. What comes of one authorization
// of a user is a family, which ends as a whole when a code or a refresh token of it
// is used twice. A client that can keep nothing secret, that is trusted with a
// password, or that gets codes with nobody asked is one that the configuration has
// to name as such.
package issuer
