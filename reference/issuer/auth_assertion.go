package issuer

import "net/http"

const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	// What the header's typ may be, besides nothing and JWT: the update of RFC 7523
	// (draft-ietf-oauth-rfc7523bis) types client authentication explicitly.
	assertionAuthType = "client-authentication+jwt"
)

// proveAssertion is private_key_jwt (RFC 7523, sections 2.2 and 3).
func (i *Issuer) proveAssertion(r *http.Request, f form) (*client, *problem) {
	if f.get("client_assertion_type") != assertionType || !f.has("client_assertion") {
		return nil, invalidRequest("client_assertion and client_assertion_type must be there, and the type that of a JWT")
	}
	a, err := parseAssertion(f.get("client_assertion"), assertionAuthType)
	if err != nil {
		return nil, errAuthentication
	}
	// RFC 7523, section 3: for client authentication, sub MUST be the client's identifier.
	// OpenID Connect Core 1.0, section 9: so MUST iss, for the client signs for itself.
	c, known := i.clients[a.claims.Subject]
	if !known || c.auth != PrivateKeyJWT || a.claims.Issuer != c.id || a.verify(c.keys) != nil {
		return nil, errAuthentication
	}
	// The update of RFC 7523 leaves one audience: the issuer identifier, alone. The
	// URL of an endpoint, which another server could have claimed as its own, is out.
	if a.judge(i.now(), i.issuer) != nil {
		return nil, errAuthentication
	}
	switch first, err := i.firstUse(r.Context(), a); {
	case err != nil:
		return nil, unavailable
	case !first:
		return nil, errAuthentication
	}
	return c, nil
}
