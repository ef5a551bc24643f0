package load

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// ownIssuer says what a strategy needs of its issuer that no target declares; empty for
// nothing.
func (st strategy) ownIssuer() string {
	switch {
	case st.Form != "":
		return "issues tokens of the forms " + st.Form + "ALGORITHM"
	case st.Claim != "":
		return "puts the claim " + st.Claim + " into its tokens"
	case st.Name == verifier.SharedDB:
		return "lets others read its token table"
	}
	return ""
}

// arrangement is what the strategy needs beside, or in place of, the servers of the run: an
// issuer of tokens of the forms, and the place of its store. Clients that it doesn't need
// are left out, for a key of each algorithm takes time to make.
func (st strategy) arrangement(forms []string, place string) targets.Arrangement {
	var a targets.Arrangement
	if st.ownIssuer() != "" {
		a.Issuer = func(c *issuer.Config) {
			c.Clients = clientsOf(c.Clients, st.Form, forms)
			c.StatusList = st.Claim == "status"
			if st.Form == token.PhantomPrefix { // the JWT behind a token is read again
				c.Persistence.Opaque = issuer.Kept{Keep: issuer.Keep(store.KeepToken), AtRest: issuer.AtRest{Kind: issuer.Encrypted}}
			}
			if st.Name == verifier.SharedDB {
				c.Store = issuer.StoreURL(place)
			}
		}
	}
	a.Verifier = func(c *verifier.Config) {
		if st.Claim == "status" { // the list is where the keys are
			c.StatusListOrigin = originOf(c.JWKSURI)
		}
		if st.Name == verifier.SharedCache {
			c.SharedCache = verifier.Secret(place)
		}
	}
	if st.Name == verifier.SharedDB {
		a.Table = place
	}
	return a
}

// clientsOf are the clients of the forms, each form in the issuer's words, and one more for
// each whose tokens live for seconds. Given its own result, it changes nothing.
func clientsOf(all []issuer.Client, prefix string, forms []string) (out []issuer.Client) {
	for _, form := range forms {
		as := token.Form(prefix + form)
		brief := false
		for _, c := range all {
			if c.Form == as || c.Form == token.Form(form) {
				c.Form = as
				brief = brief || c.Lifetime > 0
				out = append(out, c)
			}
		}
		if !brief {
			out = append(out, issuer.Client{ID: strings.ToLower(string(as)) + "-brief", Secret: issuer.Secret(rand.Text()), Form: as, Scopes: []string{"read"},
				Lifetime: int(briefLifetime / time.Second)})
		}
	}
	return out
}

// briefLifetime is long enough to get a token, and short enough to wait for its end.
const briefLifetime = 2 * time.Second

// originOf is a URL without its path.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // which the verifier refuses
	}
	return u.Scheme + "://" + u.Host
}

// arrangements are the servers that the steps of a strategy have for themselves. They are kept
// from step to step, as the run's own servers are: their short-lived tokens need time to
// expire, and a database takes seconds to make.
type arrangements struct {
	servers storeServers

	mu  sync.Mutex
	all map[arrangedFor]*arranged
}

type arrangedFor struct {
	target          *targets.Instance
	strategy, store string
}

// arranged is an instance, and what was started for it.
type arranged struct {
	*targets.Instance
	forms    []string
	stop     func(context.Context) error
	warnings []results.Warning
}

// ready returns the servers for a step, which it starts when there are none, or none that
// live. They are good for the others of these steps, too, as far as these want the same.
func (a *arrangements) ready(ctx context.Context, st strategy, of *targets.Instance, step results.Step, others []results.Step) (*arranged, error) {
	kind := step.Axis(axisStore).Value
	if st.ownIssuer() == "" && kind == "" {
		return &arranged{Instance: of}, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	key, form := arrangedFor{of, st.Name, kind}, step.Axis("form").Value
	forms := []string{form}
	if had := a.all[key]; had != nil {
		if slices.Contains(had.forms, form) && had.lives() {
			return had, nil
		}
		delete(a.all, key)
		if err := had.stop(ctx); err != nil {
			return nil, err
		}
		forms = append(forms, had.forms...)
	}
	for _, o := range others {
		if o.Axis(axisStore).Value == kind {
			forms = append(forms, o.Axis("form").Value)
		}
	}
	slices.Sort(forms)
	made, err := a.make(ctx, st, of, kind, slices.Compact(forms))
	if err != nil {
		return nil, err
	}
	if a.all == nil {
		a.all = map[arrangedFor]*arranged{}
	}
	a.all[key] = made
	return made, nil
}

func (a *arrangements) make(ctx context.Context, st strategy, of *targets.Instance, kind string, forms []string) (*arranged, error) {
	made := &arranged{forms: forms, stop: func(context.Context) error { return nil }}
	place := storePlace{leave: made.stop}
	if kind != "" {
		if of.Provenance.Runtime == targets.Container {
			return nil, fmt.Errorf("%s isn't measured in containers, which don't reach a store on this machine's loopback address: use --runtime process", st.Name)
		}
		var err error
		if place, err = a.servers.place(ctx, kind, st.Name == verifier.SharedCache); err != nil {
			return nil, err
		}
		of.Secrets.Add(place.secrets()...)
	}
	wanted := st.arrangement(forms, place.url)
	if place.service != nil {
		wanted.Beside = []targets.Running{place.service}
	}
	inst, end, err := of.Arrange(ctx, wanted)
	if err != nil {
		return nil, errors.Join(err, place.leave(context.WithoutCancel(ctx)))
	}
	made.Instance, made.warnings = inst, place.warnings
	made.stop = func(ctx context.Context) error { return errors.Join(end(ctx), place.leave(ctx)) }
	return made, nil
}

// lives reports whether all servers still run.
func (a *arranged) lives() bool {
	for _, s := range a.Services {
		select {
		case <-s.Done():
			return false
		default:
		}
	}
	return true
}

// end stops all that was started.
func (a *arrangements) end(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var errs []error
	for _, each := range a.all {
		errs = append(errs, each.stop(ctx))
	}
	a.all = nil
	return errors.Join(append(errs, a.servers.close())...)
}
