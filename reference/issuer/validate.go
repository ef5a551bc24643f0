package issuer

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
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
	if err := validLifetime(c.RefreshLifetime); err != nil {
		return fmt.Errorf("refresh_lifetime_s: %w", err)
	}
	if err := validLifetime(c.ListInterval); err != nil {
		return fmt.Errorf("list_interval_s: %w", err)
	}
	if _, ok := c.SecretHash.longest(); !ok {
		return fmt.Errorf("secret_hash: none of %v", SecretHashes())
	}
	if err := c.validateClients(); err != nil {
		return err
	}
	if err := c.validateProfiles(); err != nil {
		return err
	}
	if err := c.validateKept(); err != nil {
		return err
	}
	if err := c.validateKeys(); err != nil {
		return err
	}
	if err := c.validateUsers(); err != nil {
		return err
	}
	return c.validateTrusted()
}

func (c *Config) validateClients() error {
	seen := map[string]bool{}
	for n, client := range c.Clients {
		if err := client.validate(c); err != nil {
			return fmt.Errorf("client %d: %w", n+1, err)
		}
		if seen[client.ID] {
			return fmt.Errorf("client %d: id %q is taken", n+1, client.ID)
		}
		seen[client.ID] = true
	}
	if err := c.validateIntrospectors(); err != nil {
		return err
	}
	for _, n := range c.introspectors() {
		seen[n.ID] = true
	}
	return c.validateSubjects(seen)
}

// validIssuer enforces RFC 8414, section 2: the issuer identifier is a URL without query or
// fragment. It has to be https there; http is allowed here, for loopback and behind a
// proxy that ends TLS.
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

// validID enforces RFC 6749, appendix A.1: the characters from %x20 to %x7E.
func validID(id string) error {
	if id == "" || !printable(id) {
		return errors.New("id: missing, or not printable ASCII")
	}
	return nil
}

// validSecret enforces RFC 6749, appendix A.2, the same characters, and what the
// hash can take.
func validSecret(secret Secret, hash SecretHash) error {
	if secret == "" || !printable(string(secret)) {
		return errors.New("missing, or not printable ASCII")
	}
	if longest, _ := hash.longest(); longest > 0 && len(secret) > longest {
		return fmt.Errorf("longer than the %d bytes that %s looks at", longest, hash)
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
