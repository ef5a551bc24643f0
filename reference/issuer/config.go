package issuer

import (
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

// DefaultLifetime is the lifetime of tokens, in seconds, where none is configured.
//
// RFC 6750, section 5.3: bearer tokens SHOULD live for one hour or less.
const DefaultLifetime = 3600

// DefaultRefreshLifetime is how long an authorization can be refreshed, in seconds,
// where nothing else is configured: two weeks.
const DefaultRefreshLifetime = 14 * 24 * 3600

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
	Lifetime     int          `yaml:"lifetime_s"` // of access tokens, in seconds; 0 for DefaultLifetime
	// RefreshLifetime is how long an authorization can be refreshed, in seconds; 0 for
	// DefaultRefreshLifetime. Rotation doesn't prolong it.
	RefreshLifetime int        `yaml:"refresh_lifetime_s"`
	SecretHash      SecretHash `yaml:"secret_hash"` // of secrets and passwords; sha256 when empty
	Users           []User     `yaml:"users"`
	// ListInterval is how long the list of revocations may be kept, in seconds; 0 for
	// DefaultListInterval.
	ListInterval int `yaml:"list_interval_s"`
	// How tokens look: one of [token.Profiles], the first when empty. AudienceAs is
	// "string" or "array", ScopeAs "scope" or "scopes"; the profile's own when empty.
	Profile    string `yaml:"profile"`
	AudienceAs string `yaml:"aud_as"`
	ScopeAs    string `yaml:"scope_as"`
	// ApplicationUsername tells an application token's owner as its username, as
	// WSO2 Identity Server once did.
	ApplicationUsername bool `yaml:"application_username"`
	// UserClaimsInToken says in self-contained tokens which claims of the user were
	// asked for. That there is such a claim may be private already.
	UserClaimsInToken bool `yaml:"user_claims_in_token"`
	// StatusList gives each self-contained token a place in a Token Status List
	// (draft-ietf-oauth-status-list), which resource servers download. It needs a
	// client whose tokens are signed with a key that is published. The place is a part of
	// the jti: a profile whose jti is a UUID, as WSO2's are, has no room for it.
	StatusList bool `yaml:"status_list"`
	// Store is where tokens are kept; memory when empty. Whoever makes the issuer opens
	// any other, and gives it in Options.Store.
	Store       StoreURL    `yaml:"store"`
	Persistence Persistence `yaml:"persistence"`
	RSABits     int         `yaml:"rsa_bits"` // of generated keys: 2048, the default, 3072 or 4096
	// KeysFile holds the keys that sign, as a JWK Set with their private members, for its
	// owner's eyes alone. It is made when it isn't there, gets the keys that are missing for
	// Clients, and what a rotation makes of them; tokens are good through a restart
	// then. Of several keys for an algorithm the first signs. ML-DSA keys, whose type
	// some libraries take for a reason to refuse the whole published set, rest
	// there while no client is registered for them. One process at a time can rotate.
	KeysFile string `yaml:"keys_file"`
	// HMACKeys are the keys that the issuer shares with resource servers, in base64url
	// without padding. One that isn't here is generated, and stays with the issuer.
	HMACKeys map[keys.Algorithm]Secret `yaml:"hmac_keys"`
	// DPoPNonce makes each DPoP proof carry a nonce of this server (RFC 9449, section 8).
	DPoPNonce bool `yaml:"dpop_nonce"`
	// PasswordGrant lets clients have the grant of type password, which RFC 9700,
	// section 2.4, says MUST NOT be used: it is here to be measured.
	PasswordGrant bool `yaml:"password_grant"`
	// HeadlessConsent opens /authorize, which asks nobody: whoever can reach it gets
	// codes in the name of any user. It is for load, on a loopback address.
	HeadlessConsent bool            `yaml:"headless_consent"`
	TrustedIssuers  []TrustedIssuer `yaml:"trusted_issuers"` // whose assertions are grants
}

// Client is a registered client (RFC 6749, section 2).
type Client struct {
	ID     string     `yaml:"id"`
	Auth   AuthMethod `yaml:"auth"`   // client_secret_basic when empty
	Secret Secret     `yaml:"secret"` // for the two methods with a secret
	Form   token.Form `yaml:"form"`   // of its tokens; empty for a client that may only introspect
	Scopes []string   `yaml:"scopes"` // that it may ask for; all of them when it doesn't ask
	// Lifetime of its tokens in seconds; 0 for that of the configuration.
	Lifetime     int         `yaml:"lifetime_s"`
	Grants       []GrantType `yaml:"grants"`        // client_credentials when empty
	RedirectURIs []string    `yaml:"redirect_uris"` // for authorization_code
	JWKS         KeySet      `yaml:"jwks"`          // for private_key_jwt
	Certificate  Certificate `yaml:"certificate"`   // for the two methods of mutual TLS
	Encrypt      Encryption  `yaml:"encrypt"`       // of its self-contained tokens

	Profile string        `yaml:"profile"` // of its tokens; that of the configuration when empty
	Claims  []CustomClaim `yaml:"claims"`  // that its tokens have of their own
	Bound   Bound         `yaml:"bound"`   // what its access tokens must be bound to
	Owner   string        `yaml:"owner"`   // who registered it, for ApplicationUsername
}

// CustomClaim is a claim that all tokens of a client have.
type CustomClaim struct {
	Name  string `yaml:"name"`
	Value any    `yaml:"value"` // anything with a JSON form
	// Hidden claims are in no token that a client could read, only in the answers to
	// introspectors.
	Hidden bool `yaml:"hidden"`
}

// method returns the client's authentication method.
func (c *Client) method() AuthMethod {
	if c.Auth == "" {
		return ClientSecretBasic
	}
	return c.Auth
}

// grants returns what the client may use: nothing without tokens to get.
func (c *Client) grants() []GrantType {
	if c.Form != "" && len(c.Grants) == 0 {
		return []GrantType{ClientCredentials}
	}
	return c.Grants
}

// Introspector is a client that introspects for a resource server.
type Introspector struct {
	ID     string `yaml:"id"`
	Secret Secret `yaml:"secret"`
}

// User is a resource owner.
type User struct {
	Name     string `yaml:"name"`
	Password Secret `yaml:"password"`
	Subject  string `yaml:"subject"` // the sub of tokens on the user's behalf; Name when empty
	// Claims are what /userinfo tells of the user, by their names in OpenID Connect
	// Core 1.0, section 5.1, or others.
	Claims map[string]any `yaml:"claims"`
}

// TrustedIssuer is a server whose assertions are accepted as grants (RFC 7523,
// section 2.1).
type TrustedIssuer struct {
	Issuer string   `yaml:"issuer"` // the iss of its assertions
	JWKS   KeySet   `yaml:"jwks"`
	Claims []string `yaml:"claims"` // that are carried over into tokens
	// HiddenClaims are carried over and shown to introspectors alone.
	HiddenClaims []string `yaml:"hidden_claims"`
}
