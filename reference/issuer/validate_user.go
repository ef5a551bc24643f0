package issuer

import (
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/reference/token"
)

func (c *Config) validateUsers() error {
	seen, subjects := map[string]bool{}, map[string]bool{}
	for n, u := range c.Users {
		if err := validID(u.Name); err != nil {
			return fmt.Errorf("user %d: name: %w", n+1, err)
		}
		if err := validSecret(u.Password, c.SecretHash); err != nil {
			return fmt.Errorf("user %d: password: %w", n+1, err)
		}
		if u.Subject != "" && !printable(u.Subject) {
			return fmt.Errorf("user %d: subject: not printable ASCII", n+1)
		}
		if _, err := u.encodeClaims(); err != nil {
			return fmt.Errorf("user %d: %w", n+1, err)
		}
		if seen[u.Name] {
			return fmt.Errorf("user %d: name %q is taken", n+1, u.Name)
		}
		seen[u.Name] = true
		subject := u.Subject
		if subject == "" {
			subject = u.Name
		}
		// OpenID Connect Core 1.0, section 2: sub is never that of two users.
		if subjects[subject] {
			return fmt.Errorf("user %d: the subject is another user's", n+1)
		}
		subjects[subject] = true
	}
	return nil
}

// validateSubjects keeps users from being taken for clients: RFC 9700, section 4.15,
// since a client's tokens have its identifier as sub.
func (c *Config) validateSubjects(clients map[string]bool) error {
	for n, u := range c.Users {
		if clients[u.Subject] || u.Subject == "" && clients[u.Name] {
			return fmt.Errorf("user %d: the subject is the id of a client", n+1)
		}
	}
	return nil
}

func (c *Config) validateTrusted() error {
	seen := map[string]bool{}
	for n, t := range c.TrustedIssuers {
		if !visible(t.Issuer) || seen[t.Issuer] {
			return fmt.Errorf("trusted issuer %d: issuer: missing, not printable ASCII, or there twice", n+1)
		}
		seen[t.Issuer] = true
		if err := t.JWKS.validate(); err != nil {
			return fmt.Errorf("trusted issuer %d: %w", n+1, err)
		}
		for _, name := range slices.Concat(t.Claims, t.HiddenClaims) {
			if name == "" || token.Reserved(name) || c.StatusList && name == claimStatus {
				return fmt.Errorf("trusted issuer %d: claim %q can't be carried over", n+1, name)
			}
		}
	}
	return nil
}
