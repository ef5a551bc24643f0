package verifier

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// Config says whom the resource server trusts and who it is. It is also the
// configuration file, in YAML or JSON. The members before the cache are required.
type Config struct {
	Issuer                string   `json:"issuer" yaml:"issuer"`                                 // issuer identifier, compared exactly
	Resource              string   `json:"resource" yaml:"resource"`                             // own identifier, which the audience must contain
	IntrospectionEndpoint string   `json:"introspection_endpoint" yaml:"introspection_endpoint"` // RFC 7662
	JWKSURI               string   `json:"jwks_uri" yaml:"jwks_uri"`                             // RFC 7517 key set
	ClientID              string   `json:"client_id" yaml:"client_id"`                           // as which introspection is asked for
	ClientSecret          Secret   `json:"client_secret" yaml:"client_secret"`
	Algorithms            []string `json:"algorithms" yaml:"algorithms"` // JWS algorithms that a token may be signed with
	Cache                 Cache    `json:"cache" yaml:"cache"`

	// URL is the one by which clients reach the resource server, which DPoP proofs are
	// for; the resource's identifier when empty. Where neither is a URL, tokens that are
	// bound to a key of proofs are refused.
	URL string `json:"url,omitempty" yaml:"url,omitempty"`
	// DPoPNonce makes each DPoP proof carry a nonce of this server (RFC 9449, section 9).
	DPoPNonce bool `json:"dpop_nonce,omitempty" yaml:"dpop_nonce,omitempty"`
	// Routes exist below each strategy's path; when empty, /resource without scopes does.
	Routes []Route `json:"routes,omitempty" yaml:"routes,omitempty"`
	// Leeway is by how much the issuer's clock may differ, at most 5 minutes.
	Leeway Duration `json:"leeway,omitempty" yaml:"leeway,omitempty"`
	// Decrypt are the keys of encrypted tokens. With one, the local strategies refuse
	// tokens that aren't encrypted.
	Decrypt []Decryption `json:"decrypt,omitempty" yaml:"decrypt,omitempty"`

	// EventsURI is the issuer's stream of revocations, for introspect-push. After
	// EventsSilence without a word on it, it is taken for dead; 0 for DefaultEventsSilence.
	EventsURI     string   `json:"events_uri,omitempty" yaml:"events_uri,omitempty"`
	EventsSilence Duration `json:"events_silence,omitempty" yaml:"events_silence,omitempty"`
	// SharedCache is the URL of a Redis server, for shared-cache: those that have the same
	// issuer and client_id, and the same secret, share what they were told.
	SharedCache Secret `json:"shared_cache,omitempty" yaml:"shared_cache,omitempty"`
	// KeyMaxAge is how long keys are used before they are fetched again, and so how long a
	// withdrawn one may be trusted; 0 for DefaultKeyMaxAge. The issuer may shorten it.
	KeyMaxAge Duration `json:"key_max_age,omitempty" yaml:"key_max_age,omitempty"`
	// DenylistURI is where the issuer lists what was revoked, for local-denylist.
	DenylistURI string `json:"denylist_uri,omitempty" yaml:"denylist_uri,omitempty"`
	// DenylistSet is how local-denylist keeps the list, one of [DenylistSets]; the first
	// when empty.
	DenylistSet string `json:"denylist_set,omitempty" yaml:"denylist_set,omitempty"`
	// StatusURI is where the issuer tells the status of one token, for
	// local-online-status and the denylist_set bloom-online.
	StatusURI string `json:"status_uri,omitempty" yaml:"status_uri,omitempty"`
	// StatusListOrigin is where status lists are fetched, in place of the origin of the
	// issuer's identifier, on a network where that has another name: https://host:port.
	StatusListOrigin string `json:"status_list_origin,omitempty" yaml:"status_list_origin,omitempty"`
}

// Cache bounds what the strategies that ask the issuer remember.
type Cache struct {
	TTL         Duration `json:"ttl" yaml:"ttl"`                   // of an active token, above 0
	NegativeTTL Duration `json:"negative_ttl" yaml:"negative_ttl"` // of a refused token; 0 remembers none
	Entries     int      `json:"entries" yaml:"entries"`           // tokens remembered at most, 2 or more; a tenth for refused ones

	// Past the TTL, for how long introspect-cached uses an answer while it asks for
	// another, and when there is none to be had. Each adds to what a revocation takes
	// to be seen, so that both are 0 unless they are asked for.
	StaleWhileRevalidate Duration `json:"stale_while_revalidate,omitempty" yaml:"stale_while_revalidate,omitempty"`
	StaleIfError         Duration `json:"stale_if_error,omitempty" yaml:"stale_if_error,omitempty"`
}

// DefaultEventsSilence leaves room for one lost word, of an issuer that says one every
// 10 s at least, as the reference issuer does.
const DefaultEventsSilence = 25 * time.Second

// DefaultCache is what [ParseConfig] assumes of members that a file leaves out.
func DefaultCache() Cache {
	return Cache{TTL: Duration(time.Minute), NegativeTTL: Duration(5 * time.Second), Entries: 100_000}
}

// ParseConfig reads a configuration file. A member that isn't known, given twice or
// of the wrong kind is an error that names its line; so is, by name, one that is missing.
func ParseConfig(r io.Reader) (Config, error) {
	config := Config{Cache: DefaultCache()}
	decoder := yaml.NewDecoder(r)
	decoder.KnownFields(true)
	if err := decoder.Decode(&config); err != nil {
		return Config{}, fmt.Errorf("parse verifier configuration: %w", oneLine(err))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Config{}, errors.New("parse verifier configuration: more than one document")
	}
	if err := config.check(); err != nil {
		return Config{}, err
	}
	return config, nil
}

// algorithms are those allowed, as the verifying takes them.
func (c Config) algorithms() []keys.Algorithm {
	out := make([]keys.Algorithm, len(c.Algorithms))
	for i, name := range c.Algorithms {
		out[i] = keys.Algorithm(name)
	}
	return out
}

// oneLine gives the decoder's list of complaints as one line.
func oneLine(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty")
	}
	var list *yaml.TypeError
	if errors.As(err, &list) {
		return errors.New(strings.Join(list.Errors, "; "))
	}
	// An unquoted secret that starts with * reads as a reference, which the decoder
	// quotes in its error.
	if strings.Contains(err.Error(), "anchor") {
		return errors.New("a value starts with * or & and is not quoted")
	}
	return err
}

// Secret is a credential that formats as a placeholder, whatever the verb, so that
// printing a [Config] doesn't give it away. Encoding a Config keeps it.
type Secret string

// Format implements [fmt.Formatter].
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "REDACTED") }

// Duration is a time.Duration that is written as in "1m30s".
type Duration time.Duration

func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText implements [encoding.TextMarshaler], for JSON and YAML alike.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalYAML implements [yaml.Unmarshaler]; its error names the line.
func (d *Duration) UnmarshalYAML(node *yaml.Node) error {
	parsed, err := time.ParseDuration(node.Value)
	if node.Kind != yaml.ScalarNode || err != nil {
		return fmt.Errorf("line %d: not a duration such as 60s", node.Line)
	}
	*d = Duration(parsed)
	return nil
}
