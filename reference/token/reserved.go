package token

import "strings"

// Reserved reports whether a custom claim may not have the name: the issuer alone
// says these, and a token or an answer that said one twice could be read two ways.
// Case doesn't count, for some parsers it doesn't count to.
func Reserved(name string) bool { return reserved[strings.ToLower(name)] }

var reserved = map[string]bool{
	// RFC 7519, section 4.1
	"iss": true, "sub": true, "aud": true, "exp": true, "nbf": true, "iat": true, "jti": true,
	// RFC 9068, section 2.2
	"client_id": true, "scope": true, "auth_time": true, "acr": true, "amr": true,
	// RFC 7662, section 2.2
	"active": true, "username": true, "token_type": true,
	// OpenID Connect Core 1.0, section 2
	"azp": true, "nonce": true, "at_hash": true, "c_hash": true,
	// RFC 7800, section 3.1; RFC 8693, section 4; RFC 9701, section 5
	"cnf": true, "act": true, "may_act": true, "token_introspection": true,
	// of profiles
	"aut": true, "scopes": true, "userinfo": true,
	"more": true, // of a record
}
