package issuer

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/token"
)

// validate returns the first thing wrong with the configuration.
func (c *Config) validate() error {
	if err := validIssuer(c.Issuer); err != nil {
		return fmt.Errorf("issuer: %w", err)
	}
	// RFC 9068, section 3: without a resource parameter the audience is a default
	// resource indicator, so there has to be one.
	if !visible(c.Resource) {
		return errors.New("resource: missing, or not printable ASCII without spaces")
	}
	if err := validLifetime(c.Lifetime); err != nil {
		return fmt.Errorf("lifetime_s: %w", err)
	}
	seen := map[string]bool{}
	if c.Introspector != (Introspector{}) {
		if err := validCredentials(c.Introspector.ID, c.Introspector.Secret); err != nil {
			return fmt.Errorf("introspector: %w", err)
		}
		seen[c.Introspector.ID] = true
	}
	for n, client := range c.Clients {
		if err := client.validate(); err != nil {
			return fmt.Errorf("client %d: %w", n+1, err)
		}
		if seen[client.ID] {
			return fmt.Errorf("client %d: id %q is taken", n+1, client.ID)
		}
		seen[client.ID] = true
	}
	return nil
}

func (c *Client) validate() error {
	if err := validCredentials(c.ID, c.Secret); err != nil {
		return err
	}
	if err := validLifetime(c.Lifetime); err != nil {
		return fmt.Errorf("lifetime_s: %w", err)
	}
	for n, s := range c.Scopes {
		if !scopeToken(s) {
			return fmt.Errorf("scope %d: not a scope-token (RFC 6749, section 3.3)", n+1)
		}
		if slices.Contains(c.Scopes[:n], s) {
			return fmt.Errorf("scope %q: listed twice", s)
		}
	}
	if c.Form == "" {
		return nil
	}
	if _, ok := c.Form.Kind(); !ok {
		return fmt.Errorf("form %q: none of %v", string(c.Form), token.Forms())
	}
	// The scope of a token has at least one scope-token (RFC 6749, section 3.3).
	if len(c.Scopes) == 0 {
		return errors.New("scopes: a client that gets tokens needs one or more")
	}
	return nil
}

// validIssuer enforces RFC 8414, section 2: the issuer identifier is a URL without
// query or fragment. It asks for https; http is let through, since TLS is not this
// server's business: it listens on loopback, or behind something that has a
// certificate.
func validIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return errors.New("not an absolute http or https URL")
	case strings.ContainsAny(issuer, "?#"):
		return errors.New("has a query or a fragment")
	case u.User != nil:
		return errors.New("has user information")
	}
	return nil
}

func validLifetime(seconds int) error {
	if seconds < 0 || seconds > maxLifetime {
		return fmt.Errorf("%d is not between 0, for the default, and %d seconds", seconds, maxLifetime)
	}
	return nil
}

// validCredentials enforces RFC 6749, appendix A.1 and A.2: client_id and
// client_secret consist of the characters from %x20 to %x7E.
func validCredentials(id string, secret Secret) error {
	if id == "" || !printable(id) {
		return errors.New("id: missing, or not printable ASCII")
	}
	if secret == "" || !printable(string(secret)) {
		return errors.New("secret: missing, or not printable ASCII")
	}
	return nil
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func visible(s string) bool {
	return s != "" && printable(s) && !strings.Contains(s, " ")
}
