package targets

import (
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/token"
)

// shortLifetime is long enough to fetch a token and present it, and short enough
// to wait for its end.
const shortLifetime = 2 * time.Second

// registration tells a server under test what it has to know before it starts: the
// reference issuer's configuration, which every other server's own program reads too.
func (i *Instance) registration() issuer.Config {
	c := issuer.Config{Issuer: i.Issuer, Resource: i.Audience, Introspector: issuer.Introspector{ID: i.Introspector.ID, Secret: i.Introspector.Secret}}
	for _, r := range i.Clients {
		c.Clients = append(c.Clients, issuer.Client{
			ID: r.ID, Secret: r.Secret, Form: token.Form(r.Form), Scopes: r.Scopes, Lifetime: int(r.Lifetime / time.Second),
		})
	}
	return c
}

// register invents the clients of an instance: two for every form of token, with
// different scopes, so that an answer meant for one can't pass for the other's;
// one with a lifetime of seconds for opaque tokens and for the first
// self-contained form, where the target can; and the introspector.
func (i *Instance) register(rand io.Reader) error {
	forms := i.Target.Forms()
	for _, form := range forms {
		word := strings.ToLower(form)
		i.Clients = append(i.Clients,
			Client{ID: word + "-reader", Form: form, Scopes: []string{"read"}},
			Client{ID: word + "-writer", Form: form, Scopes: []string{"read", "write"}})
	}
	if i.Target.Lacks([]Capability{ShortLifetime}) == "" {
		first := slices.IndexFunc(forms, func(f string) bool { return f != Opaque })
		for n, form := range forms {
			if form == Opaque || n == first {
				i.Clients = append(i.Clients, Client{
					ID: strings.ToLower(form) + "-brief", Form: form, Scopes: []string{"read"}, Lifetime: shortLifetime,
				})
			}
		}
	}
	i.Introspector = Client{ID: "resource-server", InBody: i.Target.ClientAuth == secretPost}
	for n := range i.Clients {
		i.Clients[n].Resource, i.Clients[n].InBody = i.Target.Resource, i.Target.ClientAuth == secretPost
		if err := i.Clients[n].invent(rand); err != nil {
			return err
		}
		i.Secrets.Add(i.Clients[n].Secret.Reveal())
	}
	err := i.Introspector.invent(rand)
	i.Secrets.Add(i.Introspector.Secret.Reveal())
	return err
}

// invent gives the client a secret of 256 random bits, too many to guess
// (RFC 6749, section 10.10).
func (c *Client) invent(rand io.Reader) error {
	var b [32]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return fmt.Errorf("invent the secret of client %s: %w", c.ID, err)
	}
	c.Secret = config.Secret(base64.RawURLEncoding.EncodeToString(b[:]))
	return nil
}
