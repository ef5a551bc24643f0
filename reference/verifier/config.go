package verifier

import (
	"fmt"
	"io"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// Secret is a credential, which doesn't print.
type Secret = config.Secret

// Duration is written as in "1m30s".
type Duration = config.Duration

// Config says whom the resource server trusts and who it is. It is also the
// configuration file, in YAML or JSON. The members before the cache are required.
type Config struct {
	Issuer                string   `json:"issuer"`                 // issuer identifier, compared exactly
	Resource              string   `json:"resource"`               // own identifier, which the audience must contain
	IntrospectionEndpoint string   `json:"introspection_endpoint"` // RFC 7662
	JWKSURI               string   `json:"jwks_uri"`               // RFC 7517 key set
	ClientID              string   `json:"client_id"`              // as which introspection is asked for
	ClientSecret          Secret   `json:"client_secret"`
	Algorithms            []string `json:"algorithms"` // JWS algorithms that a token may be signed with
	Cache                 Cache    `json:"cache"`

	// URL is how clients reach the resource server, which DPoP proofs name; the resource's
	// identifier when empty. Where neither is a URL, tokens bound by DPoP are refused.
	URL string `json:"url,omitzero"`
	// DPoPNonce makes each DPoP proof carry a nonce of this server (RFC 9449, section 9).
	DPoPNonce bool `json:"dpop_nonce,omitzero"`
	// Routes exist below each strategy's path; when empty, /resource without scopes does.
	Routes []Route `json:"routes,omitzero"`
	// Leeway is by how much the issuer's clock may differ, at most 5 minutes.
	Leeway Duration `json:"leeway,omitzero"`
	// Ahead is by how much more than the leeway it may be ahead of ours.
	Ahead Duration `json:"ahead,omitzero"`
	// Accept is what tokens may have that RFC 9068 doesn't; nothing when empty.
	Accept claims.Dialect `json:"accept,omitzero"`
	// MaxToken is the number of characters of the longest token that is looked at; 16 Ki
	// when 0.
	MaxToken int `json:"max_token,omitzero"`
	// ClientSecretPost sends client_id and client_secret in the body, for issuers that
	// don't take them by HTTP Basic.
	ClientSecretPost bool `json:"client_secret_post,omitzero"`
	// Decrypt are the keys of encrypted tokens. With one, the local strategies refuse
	// tokens that aren't encrypted.
	Decrypt []Decryption `json:"decrypt,omitzero"`

	// EventsURI is the issuer's stream of revocations, for introspect-push. It is taken for
	// dead after EventsSilence without a word; 0 for DefaultEventsSilence.
	EventsURI     string   `json:"events_uri,omitzero"`
	EventsSilence Duration `json:"events_silence,omitzero"`
	// SharedCache is the URL of a Redis server, for shared-cache. Resource servers with the
	// same issuer, client_id and secret share their answers there, and with the same name
	// behind # in the URL, which is a part of all keys.
	SharedCache Secret `json:"shared_cache,omitzero"`
	// KeyMaxAge is how long keys are used before they are fetched again, and so how long a
	// withdrawn one may be trusted; 0 for DefaultKeyMaxAge. The issuer may shorten it.
	KeyMaxAge Duration `json:"key_max_age,omitzero"`
	// DenylistURI is where the issuer lists what was revoked, for local-denylist.
	DenylistURI string `json:"denylist_uri,omitzero"`
	// DenylistSet is how local-denylist keeps the list, one of [DenylistSets]; the first
	// when empty.
	DenylistSet string `json:"denylist_set,omitzero"`
	// StatusURI is where the issuer tells the status of one token, for
	// local-online-status and the denylist_set bloom-online.
	StatusURI string `json:"status_uri,omitzero"`
	// StatusListOrigin is where status lists are fetched, in place of the origin of the
	// issuer's identifier, on a network where that has another name: https://host:port.
	StatusListOrigin string `json:"status_list_origin,omitzero"`
}

// Cache bounds what the strategies that ask the issuer remember.
type Cache struct {
	TTL         Duration `json:"ttl"`          // of an active token, above 0
	NegativeTTL Duration `json:"negative_ttl"` // of a refused token; 0 remembers none
	Entries     int      `json:"entries"`      // tokens remembered at most, 2 or more; a tenth for refused ones
	// Bytes is about how much all entries may take, whatever the issuer answers; 0 for 1 KiB
	// each, and 1 MiB at least. It isn't allocated before it is needed.
	Bytes int `json:"bytes,omitzero"`

	// For how long introspect-cached uses an answer past its TTL, while it asks again and
	// when it can't ask. Each adds to the time that a revocation takes to be seen.
	StaleWhileRevalidate Duration `json:"stale_while_revalidate,omitzero"`
	StaleIfError         Duration `json:"stale_if_error,omitzero"`
}

// bytes returns how much all entries may take.
func (c Cache) bytes() int {
	if c.Bytes != 0 {
		return c.Bytes
	}
	return max(1<<20, c.Entries<<10)
}

// DefaultEventsSilence leaves room for one lost word of an issuer that sends one every
// 10 s, as the reference issuer does.
const DefaultEventsSilence = 25 * time.Second

// DefaultCache is what [ParseConfig] assumes of members that a file leaves out.
func DefaultCache() Cache {
	return Cache{TTL: Duration(time.Minute), NegativeTTL: Duration(5 * time.Second), Entries: 100_000}
}

// ParseConfig reads a configuration file. A member that is unknown, given twice or of the
// wrong kind is an error with its line; a missing one is an error with its name.
func ParseConfig(r io.Reader) (Config, error) {
	c := Config{Cache: DefaultCache()}
	if _, err := config.ReadFrom("", r, &c); err != nil {
		return Config{}, fmt.Errorf("verifier configuration: %w", err)
	}
	if err := c.check(); err != nil {
		return Config{}, err
	}
	return c, nil
}

// algorithms are those that are allowed.
func (c Config) algorithms() []keys.Algorithm {
	out := make([]keys.Algorithm, len(c.Algorithms))
	for i, name := range c.Algorithms {
		out[i] = keys.Algorithm(name)
	}
	return out
}
