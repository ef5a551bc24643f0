package targets

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// shortLifetime is long enough to fetch a token and present it, and short enough
// to wait for its end.
const shortLifetime = 2 * time.Second

// registeredClient is a [Client] as a server reads it.
type registeredClient struct {
	ID       string   `json:"id"`
	Secret   string   `json:"secret"`
	Form     string   `json:"form,omitempty"`
	Scopes   []string `json:"scopes,omitempty"`
	Lifetime int64    `json:"lifetime_s,omitempty"` // zero for the server's default
}

// MarshalJSON writes the registration as the reference issuer's configuration
// file, which every other server's own program reads too. This is the only place
// where secrets are written out.
func (r Registration) MarshalJSON() ([]byte, error) {
	out := struct {
		Issuer       string             `json:"issuer"`
		Resource     string             `json:"resource"`
		Clients      []registeredClient `json:"clients"`
		Introspector registeredClient   `json:"introspector"`
	}{Issuer: r.Issuer, Resource: r.Resource, Clients: []registeredClient{}}
	for _, c := range r.Clients {
		if c.Lifetime%time.Second != 0 {
			return nil, fmt.Errorf("client %s: lifetime %s is not a whole number of seconds", c.ID, c.Lifetime)
		}
		out.Clients = append(out.Clients, revealed(c))
	}
	out.Introspector = revealed(r.Introspector)
	return json.Marshal(out)
}

func revealed(c Client) registeredClient {
	return registeredClient{c.ID, c.Secret.Reveal(), c.Form, c.Scopes, int64(c.Lifetime / time.Second)}
}

// Register invents the clients of a target: two for every form of token, with
// different scopes, so that an answer meant for one can't pass for the other's;
// one with a lifetime of seconds for opaque tokens and for the first
// self-contained form, where the target can; and the introspector. The issuer
// identifier is left to the caller.
func Register(t Target, resource string, rand io.Reader) (Registration, error) {
	r := Registration{Resource: resource}
	forms := t.Forms()
	for _, form := range forms {
		word := strings.ToLower(form)
		r.Clients = append(r.Clients,
			Client{ID: word + "-reader", Form: form, Scopes: []string{"read"}},
			Client{ID: word + "-writer", Form: form, Scopes: []string{"read", "write"}})
	}
	if t.Lacks([]Capability{ShortLifetime}) == "" {
		first := slices.IndexFunc(forms, func(f string) bool { return f != Opaque })
		for i, form := range forms {
			if form == Opaque || i == first {
				r.Clients = append(r.Clients, Client{
					ID: strings.ToLower(form) + "-brief", Form: form, Scopes: []string{"read"}, Lifetime: shortLifetime,
				})
			}
		}
	}
	r.Introspector = Client{ID: "resource-server"}
	for i := range r.Clients {
		if err := r.Clients[i].invent(rand); err != nil {
			return Registration{}, err
		}
	}
	return r, r.Introspector.invent(rand)
}

// invent gives the client a secret of 256 random bits, too many to guess
// (RFC 6749, section 10.10).
func (c *Client) invent(rand io.Reader) error {
	var b [32]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return fmt.Errorf("invent the secret of client %s: %w", c.ID, err)
	}
	c.Secret = Secret(base64.RawURLEncoding.EncodeToString(b[:]))
	return nil
}
