// Package issuer is the reference authorization server: what a correct one says,
// and no more than is needed to say it fast.
//
// In order of use: [ParseConfig] reads who may ask for which tokens; [New] makes
// an [Issuer] of it, which is an [http.Handler]; [Issuer.Close] ends it.
//
// Below the path of the issuer identifier, which is most often empty, it serves
//
//	POST /token       RFC 6749, section 4.4, client credentials
//	POST /introspect  RFC 7662
//	GET  /jwks        RFC 7517
//
// its metadata at /.well-known/oauth-authorization-server followed by that path
// (RFC 8414), and 200 at GET /healthz. It logs nothing.
package issuer
