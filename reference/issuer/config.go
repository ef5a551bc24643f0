package issuer

import "github.com/oauthmark/oauthmark/reference/token"

// DefaultLifetime is the lifetime of tokens, in seconds, where none is configured.
//
// RFC 6750, section 5.3: bearer tokens SHOULD live for one hour or less.
const DefaultLifetime = 3600

// maxLifetime is a year, in seconds.
const maxLifetime = 365 * 24 * 3600

// Config says who the issuer is and whom it serves. It is also the configuration
// file: see [ParseConfig].
type Config struct {
	Issuer   string   `yaml:"issuer"`   // issuer identifier: a URL (RFC 8414, section 2)
	Resource string   `yaml:"resource"` // identifier of the protected resource, the aud of every token
	Clients  []Client `yaml:"clients"`
	// Introspector is the client that the resource server introspects as. It gets
	// no tokens. Without one, only Clients may introspect.
	Introspector Introspector `yaml:"introspector"`
	Lifetime     int          `yaml:"lifetime_s"` // of tokens, in seconds; 0 for DefaultLifetime
}

// Client is a registered confidential client (RFC 6749, section 2).
type Client struct {
	ID     string     `yaml:"id"`
	Secret Secret     `yaml:"secret"`
	Form   token.Form `yaml:"form"`   // of its tokens; empty for a client that may only introspect
	Scopes []string   `yaml:"scopes"` // that it may ask for; all of them when it doesn't ask
	// Lifetime of its tokens in seconds; 0 for that of the configuration.
	Lifetime int `yaml:"lifetime_s"`
}

// Introspector is a client that introspects for a resource server.
type Introspector struct {
	ID     string `yaml:"id"`
	Secret Secret `yaml:"secret"`
}
