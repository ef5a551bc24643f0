package conformance

import (
	"net/http"
	"net/url"

	"github.com/oauthmark/oauthmark/targets"
)

// credentials authenticate a client with client_secret_basic.
type credentials struct{ id, secret string }

func credentialsOf(c targets.Client) *credentials {
	return &credentials{id: c.ID, secret: c.Secret.Reveal()}
}

// RFC 6749, section 2.3.1: the client identifier and the password are encoded with
// the "application/x-www-form-urlencoded" algorithm before they become the user name
// and the password of HTTP Basic.
func (c *credentials) set(req *http.Request) {
	req.SetBasicAuth(url.QueryEscape(c.id), url.QueryEscape(c.secret))
}
