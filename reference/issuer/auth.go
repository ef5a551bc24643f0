package issuer

import "net/http"

// AuthMethod is how a client authenticates at the token endpoint, by its name in IANA's
// registry of such methods. RFC 7591, section 2, RFC 8705, section 2, and OpenID Connect
// Core 1.0, section 9, define them.
type AuthMethod string

const (
	ClientSecretBasic       AuthMethod = "client_secret_basic" // the default
	ClientSecretPost        AuthMethod = "client_secret_post"
	PrivateKeyJWT           AuthMethod = "private_key_jwt"
	TLSClientAuth           AuthMethod = "tls_client_auth"
	SelfSignedTLSClientAuth AuthMethod = "self_signed_tls_client_auth"
	PublicClient            AuthMethod = "none"
)

// method is a way to authenticate that shows in the request.
type method struct {
	presented func(*http.Request, form) bool
	prove     func(*Issuer, *http.Request, form) (*client, *problem)
}

// methods are those that a request can't mix. A client that sends only its identifier has
// a certificate or is public.
var methods = []method{
	{func(r *http.Request, _ form) bool { return len(r.Header["Authorization"]) > 0 }, (*Issuer).proveBasic},
	{func(_ *http.Request, f form) bool { return f.has("client_secret") }, (*Issuer).provePost},
	{func(_ *http.Request, f form) bool { return f.has("client_assertion") || f.has("client_assertion_type") }, (*Issuer).proveAssertion},
}

// AuthMethods lists what a client can be registered for, the default first.
func AuthMethods() []AuthMethod {
	return []AuthMethod{ClientSecretBasic, ClientSecretPost, PrivateKeyJWT, TLSClientAuth, SelfSignedTLSClientAuth, PublicClient}
}

// secret reports whether the method needs a client secret.
func (m AuthMethod) secret() bool { return m == ClientSecretBasic || m == ClientSecretPost }

// authenticate returns the client that sent the request.
func (i *Issuer) authenticate(r *http.Request, f form) (*client, *problem) {
	prove := (*Issuer).proveIdentified
	found := false
	for n := range methods {
		if !methods[n].presented(r, f) {
			continue
		}
		// RFC 6749, section 2.3: the client MUST NOT use more than one authentication
		// method in each request.
		if found {
			return nil, invalidRequest("there is more than one client authentication")
		}
		prove, found = methods[n].prove, true
	}
	c, p := prove(i, r, f)
	if p != nil {
		return nil, p
	}
	if claimed := f.get("client_id"); claimed != "" && claimed != c.id {
		return nil, invalidRequest("client_id is not the client that authenticated")
	}
	return c, nil
}

var errAuthentication = invalidClient("client authentication failed")

// proveSecret compares a secret. It takes as long for an unknown client, or one of another
// method.
func (i *Issuer) proveSecret(id, secret string, by AuthMethod) (*client, *problem) {
	c, known := i.clients[id]
	if !known || c.auth != by {
		c, known = i.nobody, false
	}
	if !c.secret(secret) || !known {
		return nil, errAuthentication
	}
	return c, nil
}

// proveIdentified is for a client that sent its identifier and nothing to prove it.
func (i *Issuer) proveIdentified(r *http.Request, f form) (*client, *problem) {
	id := f.get("client_id")
	if id == "" {
		return nil, invalidClient("client authentication is missing")
	}
	c, known := i.clients[id]
	if !known {
		return nil, errAuthentication
	}
	switch c.auth {
	case PublicClient:
		return c, nil
	case TLSClientAuth, SelfSignedTLSClientAuth:
		if c.certificate.proves(c.auth, r.TLS) {
			return c, nil
		}
	}
	return nil, errAuthentication
}
