package issuer

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/token"
)

// client is a registered client, ready to be served.
type client struct {
	id           string
	auth         AuthMethod
	secret       check // never true for a client without a secret
	keys         KeySet
	certificate  Certificate
	form         token.Form // empty for a client that may only introspect
	grants       []GrantType
	redirectURIs []string
	scopes       []string
	allScopes    string // scopes, space-delimited
	lifetime     int64  // in seconds
	resource     string // for which its tokens are

	profile        *token.Profile
	custom, hidden json.RawMessage // its claims, as objects
	owner          string          // to be told as the username of its application tokens; or nothing
	keeps          bool            // a record beside each self-contained token
	showUserClaims bool
	bound          Bound
	view           *view // of introspection; nil for a client that isn't an introspector

	seal  *token.Encrypter // of its self-contained tokens; nil for those that anyone can read
	opens bool             // whether the issuer can decrypt them
}

func (i *Issuer) newClient(c Client, whole *Config, lifetime int) (*client, error) {
	if c.Lifetime != 0 {
		lifetime = c.Lifetime
	}
	secret := check(func(string) bool { return false })
	if c.method().secret() {
		matches, err := whole.SecretHash.prepare(string(c.Secret), i.rand)
		if err != nil {
			return nil, err
		}
		secret = matches // the secret itself isn't kept
	}
	ready := &client{
		id:           c.ID,
		auth:         c.method(),
		secret:       secret,
		keys:         c.JWKS,
		certificate:  c.Certificate,
		form:         c.Form,
		grants:       slices.Clone(c.grants()),
		redirectURIs: slices.Clone(c.RedirectURIs),
		scopes:       slices.Clone(c.Scopes),
		allScopes:    strings.Join(c.Scopes, " "),
		lifetime:     int64(lifetime),
		resource:     cmp.Or(c.Resource, whole.Resource),
	}
	return ready, ready.appear(whole, &c)
}

// register turns the configured clients and users into those that are served.
func (i *Issuer) register(c Config) error {
	lifetime := c.Lifetime
	if lifetime == 0 {
		lifetime = DefaultLifetime
	}
	// Nobody knows this one's secret.
	nobody, err := i.newClient(Client{Secret: Secret(rand.Text())}, &c, lifetime)
	if err != nil {
		return fmt.Errorf("register clients: %w", err)
	}
	i.nobody = nobody
	registered := slices.Clone(c.Clients)
	for _, n := range c.introspectors() {
		if n.Secret != "" {
			registered = append(registered, Client{ID: n.ID, Secret: n.Secret})
		}
	}
	i.clients = make(map[string]*client, len(registered))
	for _, r := range registered {
		ready, err := i.newClient(r, &c, lifetime)
		if err != nil {
			return fmt.Errorf("register client %q: %w", r.ID, err)
		}
		i.clients[r.ID] = ready
	}
	if err := i.registerIntrospectors(&c); err != nil {
		return err
	}
	i.pages = pagesOf(c.Clients)
	i.grants = grantsOf(c.Clients)
	return i.registerUsers(c)
}
