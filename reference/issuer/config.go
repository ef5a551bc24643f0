package issuer

import (
	"github.com/oauthmark/oauthmark/reference/config"
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

// Secret is a client's secret, or a user's password, as it is configured.
type Secret = config.Secret

// Config says who the issuer is and whom it serves. It is also the configuration
// file: see [ParseConfig].
type Config struct {
	Issuer   string   `json:"issuer,omitzero"`   // issuer identifier: a URL (RFC 8414, section 2)
	Resource string   `json:"resource,omitzero"` // identifier of the protected resource, the aud of every token
	Clients  []Client `json:"clients,omitzero"`
	// Introspector is the client that the resource server introspects as. It gets no
	// tokens, and sees everything. Introspectors are others, each with what it sees. A
	// client that is none may ask about its own tokens alone.
	Introspector  Introspector   `json:"introspector,omitzero"`
	Introspectors []Introspector `json:"introspectors,omitzero"`
	Lifetime      int            `json:"lifetime_s,omitzero"` // of access tokens, in seconds; 0 for DefaultLifetime
	// RefreshLifetime is how long an authorization can be refreshed, in seconds; 0 for
	// DefaultRefreshLifetime. Rotation doesn't prolong it.
	RefreshLifetime int        `json:"refresh_lifetime_s,omitzero"`
	SecretHash      SecretHash `json:"secret_hash,omitzero"` // of secrets and passwords; sha256 when empty
	Users           []User     `json:"users,omitzero"`
	// ListInterval is how long the list of revocations may be kept, in seconds; 0 for
	// DefaultListInterval.
	ListInterval int `json:"list_interval_s,omitzero"`
	// How tokens look: one of [token.Profiles], the first when empty. AudienceAs is
	// "string" or "array", ScopeAs "scope" or "scopes"; the profile's own when empty.
	Profile    string `json:"profile,omitzero"`
	AudienceAs string `json:"aud_as,omitzero"`
	ScopeAs    string `json:"scope_as,omitzero"`
	// ApplicationUsername names an application token's owner as its username, as WSO2
	// Identity Server once did.
	ApplicationUsername bool `json:"application_username,omitzero"`
	// UserClaimsInToken lists in self-contained tokens which claims of the user were asked
	// for. Even the list may be private.
	UserClaimsInToken bool `json:"user_claims_in_token,omitzero"`
	// StatusList gives each self-contained token a place in a Token Status List
	// (draft-ietf-oauth-status-list), which resource servers download. It needs a client
	// whose tokens are signed with a published key. The place is a part of the jti, which
	// isn't possible in a profile with UUIDs, such as WSO2's.
	StatusList bool `json:"status_list,omitzero"`
	// Store is where tokens are kept; memory when empty. Whoever makes the issuer opens
	// any other, and gives it in Options.Store.
	Store       StoreURL    `json:"store,omitzero"`
	Persistence Persistence `json:"persistence,omitzero"`
	RSABits     int         `json:"rsa_bits,omitzero"` // of generated keys: 2048, the default, 3072 or 4096
	// KeysFile holds the keys that sign, as a JWK Set with their private members, readable
	// by its owner alone. It is created when absent. Keys that Clients need and it lacks are
	// added, and rotations are kept, so that tokens are good through a restart. Of several
	// keys for an algorithm the first signs. ML-DSA keys aren't published while no client is
	// registered for them, since some libraries refuse a set with such a key. One process at
	// a time can rotate.
	KeysFile string `json:"keys_file,omitzero"`
	// HMACKeys are the keys that the issuer shares with resource servers, in base64url
	// without padding. One that isn't here is generated, and stays with the issuer.
	HMACKeys map[keys.Algorithm]Secret `json:"hmac_keys,omitzero"`
	// DPoPNonce makes each DPoP proof carry a nonce of this server (RFC 9449, section 8).
	DPoPNonce bool `json:"dpop_nonce,omitzero"`
	// PasswordGrant allows the grant of type password, which is here to be measured. RFC
	// 9700, section 2.4: it MUST NOT be used.
	PasswordGrant bool `json:"password_grant,omitzero"`
	// HeadlessConsent opens /authorize, where anyone gets codes in the name of any user
	// without being asked. It is for load, on a loopback address.
	HeadlessConsent bool            `json:"headless_consent,omitzero"`
	TrustedIssuers  []TrustedIssuer `json:"trusted_issuers,omitzero"` // whose assertions are grants
}

// Client is a registered client (RFC 6749, section 2).
type Client struct {
	ID     string     `json:"id,omitzero"`
	Auth   AuthMethod `json:"auth,omitzero"`   // client_secret_basic when empty
	Secret Secret     `json:"secret,omitzero"` // for the two methods with a secret
	Form   token.Form `json:"form,omitzero"`   // of its tokens; empty for a client that may only introspect
	Scopes []string   `json:"scopes,omitzero"` // that it may ask for; all of them when it doesn't ask
	// Resource is the aud of its tokens; that of the configuration when empty.
	Resource string `json:"resource,omitzero"`
	// Lifetime of its tokens in seconds; 0 for that of the configuration.
	Lifetime     int         `json:"lifetime_s,omitzero"`
	Grants       []GrantType `json:"grants,omitzero"`        // client_credentials when empty
	RedirectURIs []string    `json:"redirect_uris,omitzero"` // for authorization_code
	JWKS         KeySet      `json:"jwks,omitzero"`          // for private_key_jwt
	Certificate  Certificate `json:"certificate,omitzero"`   // for the two methods of mutual TLS
	Encrypt      Encryption  `json:"encrypt,omitzero"`       // of its self-contained tokens

	Profile string        `json:"profile,omitzero"` // of its tokens; that of the configuration when empty
	Claims  []CustomClaim `json:"claims,omitzero"`  // that its tokens have of their own
	Bound   Bound         `json:"bound,omitzero"`   // what its access tokens must be bound to
	Owner   string        `json:"owner,omitzero"`   // who registered it, for ApplicationUsername
}

// CustomClaim is a claim that all tokens of a client have.
type CustomClaim struct {
	Name  string `json:"name,omitzero"`
	Value any    `json:"value,omitzero"` // anything with a JSON form
	// Hidden claims are in no token that a client could read, only in the answers to
	// introspectors.
	Hidden bool `json:"hidden,omitzero"`
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

// User is a resource owner.
type User struct {
	Name     string `json:"name,omitzero"`
	Password Secret `json:"password,omitzero"`
	Subject  string `json:"subject,omitzero"` // the sub of tokens on the user's behalf; Name when empty
	// Claims are what /userinfo tells of the user, by their names in OpenID Connect
	// Core 1.0, section 5.1, or others.
	Claims map[string]any `json:"claims,omitzero"`
}

// TrustedIssuer is a server whose assertions are accepted as grants (RFC 7523,
// section 2.1).
type TrustedIssuer struct {
	Issuer string   `json:"issuer,omitzero"` // the iss of its assertions
	JWKS   KeySet   `json:"jwks,omitzero"`
	Claims []string `json:"claims,omitzero"` // that are carried over into tokens
	// HiddenClaims are carried over and shown to introspectors alone.
	HiddenClaims []string `json:"hidden_claims,omitzero"`
}
