package targets

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"
)

// Client is a registered OAuth client (RFC 6749, section 2).
type Client struct {
	ID       string
	Secret   config.Secret
	Form     string        // of the tokens issued to it; empty for a client that may only introspect
	Scopes   []string      // that it may ask for
	Resource string        // sent as resource (RFC 8707) when it isn't empty
	Lifetime time.Duration // of its tokens, in whole seconds; zero for the server's default
	InBody   bool          // it authenticates by client_secret_post, not by client_secret_basic
}

// TokenRequest asks a token endpoint for what [Client.TokenForm] says.
func (c Client) TokenRequest(ctx context.Context, endpoint string) (*http.Request, error) {
	return c.Post(ctx, endpoint, c.TokenForm())
}

// TokenForm asks for a token by client credentials (RFC 6749, section 4.4.2), with the
// whole scope of the client.
func (c Client) TokenForm() url.Values {
	form := url.Values{"grant_type": {"client_credentials"}}
	if len(c.Scopes) > 0 {
		form.Set("scope", strings.Join(c.Scopes, " "))
	}
	if c.Resource != "" {
		form.Set("resource", c.Resource)
	}
	return form
}

// Post sends a form to an endpoint that wants to know the client. RFC 6749, section
// 2.3.1: a body has its credentials as they are.
func (c Client) Post(ctx context.Context, endpoint string, form url.Values) (*http.Request, error) {
	if c.InBody {
		form = maps.Clone(form)
		form.Set("client_id", c.ID)
		form.Set("client_secret", c.Secret.Reveal())
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if !c.InBody {
		c.Authenticate(req)
	}
	return req, nil
}

// Authenticate adds the client's credentials, as client_secret_basic.
//
// RFC 6749, section 2.3.1: the client identifier and the password are encoded with the
// "application/x-www-form-urlencoded" algorithm before they become the user name and the
// password of HTTP Basic.
func (c Client) Authenticate(req *http.Request) {
	req.SetBasicAuth(url.QueryEscape(c.ID), url.QueryEscape(c.Secret.Reveal()))
}
