package issuer

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/reference/token"
)

// validate checks a client in the light of the whole configuration.
func (c *Client) validate(whole *Config) error {
	if err := validID(c.ID); err != nil {
		return err
	}
	if err := c.validateAuth(whole.SecretHash); err != nil {
		return err
	}
	if err := c.validateBound(); err != nil {
		return err
	}
	if err := validLifetime(c.Lifetime); err != nil {
		return fmt.Errorf("lifetime_s: %w", err)
	}
	if c.Resource != "" && !visible(c.Resource) {
		return errors.New("resource: a space, or a character that can't be seen")
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
		if !c.Encrypt.none() {
			return errors.New("encrypt: a client without form gets no tokens")
		}
		if len(c.Grants) > 0 {
			return errors.New("grants: a client without form gets no tokens")
		}
		return nil
	}
	if _, ok := c.Form.Kind(); !ok {
		return fmt.Errorf("form %q: none of %v", string(c.Form), token.Forms())
	}
	// The scope of a token has at least one scope-token (RFC 6749, section 3.3).
	if len(c.Scopes) == 0 {
		return errors.New("scopes: a client that gets tokens needs one or more")
	}
	if err := c.validateEncryption(); err != nil {
		return err
	}
	return c.validateGrants(whole)
}

// validateAuth wants what the method needs, and nothing that it doesn't.
func (c *Client) validateAuth(hash SecretHash) error {
	m := c.method()
	if !slices.Contains(AuthMethods(), m) {
		return fmt.Errorf("auth %q: none of %v", string(m), AuthMethods())
	}
	if m.secret() {
		if err := validSecret(c.Secret, hash); err != nil {
			return fmt.Errorf("secret: %w", err)
		}
	} else if c.Secret != "" {
		return fmt.Errorf("secret: not for auth %s", m)
	}
	if m == PrivateKeyJWT {
		if err := c.JWKS.validate(); err != nil {
			return err
		}
	} else if len(c.JWKS.Keys) > 0 {
		return fmt.Errorf("jwks: not for auth %s", m)
	}
	byThumbprint := c.Certificate.SHA256 != ""
	bySubject := (c.Certificate.Subject != "") != (c.Certificate.DNS != "")
	switch m {
	case SelfSignedTLSClientAuth:
		raw, err := base64.RawURLEncoding.Strict().DecodeString(c.Certificate.SHA256)
		if err != nil || len(raw) != 32 || c.Certificate.Subject+c.Certificate.DNS != "" {
			return errors.New("certificate: sha256 alone is needed, base64url of 32 bytes")
		}
	case TLSClientAuth:
		if byThumbprint || !bySubject {
			return errors.New("certificate: one of subject and dns is needed")
		}
	default:
		if c.Certificate != (Certificate{}) {
			return fmt.Errorf("certificate: not for auth %s", m)
		}
	}
	return nil
}

func (c *Client) validateGrants(whole *Config) error {
	grants := c.grants()
	for n, g := range grants {
		switch {
		case !slices.Contains(GrantTypes(), g):
			return fmt.Errorf("grant %q: none of %v", string(g), GrantTypes())
		case slices.Contains(grants[:n], g):
			return fmt.Errorf("grant %q: listed twice", string(g))
		case g == Password && !whole.PasswordGrant:
			return errors.New("grant password: only with password_grant: true (RFC 9700, section 2.4)")
		case g == AuthorizationCode && !whole.HeadlessConsent:
			return errors.New("grant authorization_code: only with headless_consent: true")
		// RFC 6749, section 4.4: confidential clients only. The others need something
		// that binds tokens to the one who asks, too.
		case c.method() == PublicClient && g != AuthorizationCode && g != RefreshToken:
			return fmt.Errorf("grant %s: not for a public client", g)
		}
	}
	if slices.Contains(grants, AuthorizationCode) != (len(c.RedirectURIs) > 0) {
		return errors.New("redirect_uris: needed for grant authorization_code, and for no other")
	}
	for n, uri := range c.RedirectURIs {
		if err := validRedirect(uri); err != nil {
			return fmt.Errorf("redirect_uri %d: %w", n+1, err)
		}
	}
	return nil
}
