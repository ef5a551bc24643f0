package load

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// Who takes part in the grants of an issuer that is set up for a step.
const (
	loadUser     = "load-user"
	loadRedirect = "http://127.0.0.1/callback" // nothing listens there: the code is read from the redirect
)

// party is what the grants of a step need beside the clients. The password and the key are
// of this step alone.
type party struct {
	password issuer.Secret
	asserter *asserter // for jwt-bearer; nil for the others
}

// arrange returns the instance whose issuer issues in this way: the given one where that
// does, or one of the step's own. End is nil for the given one.
func (i issuance) arrange(ctx context.Context, inst *targets.Instance) (_ *targets.Instance, p party, end func(context.Context) error, err error) {
	if i.usual() {
		return inst, p, nil, nil
	}
	p.password = issuer.Secret(rand.Text())
	inst.Secrets.Add(p.password.Reveal())
	if i.grant == jwtBearer {
		if p.asserter, err = newAsserter(); err != nil {
			return nil, p, nil, err
		}
	}
	var kept *kept
	closeStore := func(context.Context) error { return nil }
	if i.store != "" {
		if kept, err = openKept(ctx, i.store, inst.Provenance.Runtime); err != nil {
			return nil, p, nil, err
		}
		closeStore = func(context.Context) error { return kept.close() }
	}
	arranged, stop, err := inst.Arrange(ctx, targets.Arrangement{Issuer: func(c *issuer.Config) { i.configure(c, p, kept) }})
	if err != nil {
		return nil, p, nil, errors.Join(err, closeStore(ctx))
	}
	if kept != nil && kept.server != nil {
		arranged.Services = append(slices.Clone(arranged.Services), kept)
	}
	return arranged, p, func(ctx context.Context) error { return errors.Join(stop(ctx), closeStore(ctx)) }, nil
}

// configure changes an issuer's configuration. Clients of other forms are left out, so that
// no key is made that isn't used.
func (i issuance) configure(c *issuer.Config, p party, kept *kept) {
	c.Clients = slices.DeleteFunc(slices.Clone(c.Clients), func(client issuer.Client) bool {
		return string(client.Form) != i.form || client.Lifetime > 0
	})
	for n := range c.Clients {
		i.allow(&c.Clients[n])
	}
	switch i.grant {
	case string(issuer.Password), string(issuer.RefreshToken):
		c.PasswordGrant = true
	case string(issuer.AuthorizationCode):
		c.HeadlessConsent = true
	case jwtBearer:
		c.TrustedIssuers = []issuer.TrustedIssuer{p.asserter.trusted()}
	}
	c.Users = []issuer.User{{Name: loadUser, Password: p.password}}
	c.SecretHash = issuer.SecretHash(i.hash)
	if kept != nil {
		c.Store = kept.url
	}
	if i.form == targets.Opaque {
		c.Persistence.Opaque.Keep = issuer.Keep(i.kept)
	} else {
		c.Persistence.SelfContained.Keep = issuer.Keep(i.kept)
	}
}

// allow registers a client for the grant, for what its requests are prepared with, and for
// client credentials, by which connections are warmed.
func (i issuance) allow(c *issuer.Client) {
	c.Grants = []issuer.GrantType{issuer.ClientCredentials}
	for _, g := range issuer.GrantTypes() {
		if g != issuer.ClientCredentials && grantWord(g) == i.grant {
			c.Grants = append(c.Grants, g)
		}
	}
	switch i.grant {
	case string(issuer.RefreshToken):
		c.Grants = append(c.Grants, issuer.Password) // which the first refresh tokens come from
	case string(issuer.AuthorizationCode):
		c.RedirectURIs = []string{loadRedirect}
	}
}

// caveats say where a store has nothing to do: of a self-contained token nothing is kept,
// unless the item says what.
func (i issuance) caveats() []results.Warning {
	if i.store == "" || i.kept != "" || i.form == targets.Opaque || i.once() {
		return nil
	}
	return []results.Warning{{Code: "nothing-kept", Text: fmt.Sprintf("nothing is kept of a self-contained token by default, so that %s had nothing to do: name what is kept, as in %s/claims", i.store, i.item())}}
}

// costly says what of the issuer's work is dear, where that is known.
func (i issuance) costly() string {
	switch {
	case i.hash == "":
		return ""
	case i.grant == string(issuer.Password):
		return fmt.Sprintf("%s hashes the client's secret and the user's password at each request", i.hash)
	}
	return fmt.Sprintf("%s hashes the client's secret at each request", i.hash)
}
