package issuer

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/token"
)

// client is a registered client, ready to be served.
type client struct {
	id        string
	secret    [sha256.Size]byte // the secret itself isn't kept
	form      token.Form        // empty for a client that may only introspect
	scopes    []string
	allScopes string // scopes, space-delimited
	lifetime  int64  // in seconds
}

func newClient(c Client, lifetime int) *client {
	if c.Lifetime != 0 {
		lifetime = c.Lifetime
	}
	return &client{
		id:        c.ID,
		secret:    sha256.Sum256([]byte(c.Secret)),
		form:      c.Form,
		scopes:    slices.Clone(c.Scopes),
		allScopes: strings.Join(c.Scopes, " "),
		lifetime:  int64(lifetime),
	}
}

// authenticate returns the client that sent the request, by client_secret_basic.
func (i *Issuer) authenticate(r *http.Request, f form) (*client, *problem) {
	switch len(r.Header["Authorization"]) {
	case 0:
		return nil, invalidClient("client authentication is missing: use client_secret_basic")
	case 1:
	default:
		return nil, invalidRequest("there is more than one Authorization header")
	}
	// RFC 6749, section 2.3: the client MUST NOT use more than one authentication
	// method in each request.
	if f.has("client_secret") || f.has("client_assertion") {
		return nil, invalidRequest("there is more than one client authentication")
	}
	user, password, ok := r.BasicAuth()
	if !ok {
		return nil, invalidClient("the Authorization header must have the scheme Basic")
	}
	// RFC 6749, section 2.3.1: identifier and secret are each form-urlencoded before
	// they become the user name and the password.
	id, errID := url.QueryUnescape(user)
	secret, errSecret := url.QueryUnescape(password)
	if errID != nil || errSecret != nil {
		return nil, invalidClient("client identifier and secret must be form-urlencoded")
	}
	c, known := i.clients[id]
	if !known {
		c = i.nobody
	}
	// Both are digests, so they have one length, and an unknown client costs what a
	// known one does.
	sum := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(sum[:], c.secret[:]) != 1 || !known {
		return nil, invalidClient("client authentication failed")
	}
	if claimed := f.get("client_id"); claimed != "" && claimed != id {
		return nil, invalidRequest("client_id is not the client that authenticated")
	}
	return c, nil
}
