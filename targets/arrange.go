package targets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
)

// Arrangement is how a step wants an instance that differs from the one of the run. The
// zero value is a resource server of the step's own, as the run's is: its caches are cold,
// and whatever happens to it happens to nobody else.
type Arrangement struct {
	// Issuer changes the configuration of a reference issuer of the step's own; nil for the
	// run's issuer. Only an instance that [Instance.Reference] can have one.
	Issuer func(*issuer.Config)
	// Control starts that issuer with its controls, at Instance.Control. It makes an issuer of
	// the step's own.
	Control bool
	// Verifier changes the configuration of the resource server; may be nil. It comes last,
	// and sees the addresses of what was arranged.
	Verifier func(*verifier.Config)
	// Secure has both servers listen with TLS, and so makes an issuer of the step's own.
	Secure bool
	// Table is the store from which the resource server reads the issuer's tokens, for
	// shared-db; empty for none. Persistence is how they look there, in YAML; may be empty.
	Table       string
	Persistence []byte
	// Beside are further components of the instance as the step sees it, such as the server
	// of a store, which somebody else starts and ends.
	Beside []Running
	// Between has the resource server ask the issuer by way of a proxy of the step's own,
	// [Instance.Between]. Whatever Verifier says of the issuer's address holds for the proxy.
	Between bool
}

// then is the arrangement with another one on top of it.
func (a Arrangement) then(b Arrangement) Arrangement {
	b.Issuer, b.Verifier = inOrder(a.Issuer, b.Issuer), inOrder(a.Verifier, b.Verifier)
	if b.Table == "" {
		b.Table, b.Persistence = a.Table, a.Persistence
	}
	b.Beside = slices.Concat(a.Beside, b.Beside)
	b.Between, b.Control, b.Secure = a.Between || b.Between, a.Control || b.Control, a.Secure || b.Secure
	return b
}

func inOrder[C any](first, second func(*C)) func(*C) {
	if first == nil || second == nil {
		if first == nil {
			return second
		}
		return first
	}
	return func(c *C) { first(c); second(c) }
}

// ErrNotReference is the error of an arrangement that needs an issuer of our own.
var ErrNotReference = errors.New("the target isn't the reference issuer, of which another could be started")

// ErrControl is the error of controls that this process couldn't reach.
var ErrControl = errors.New("the controls of an issuer listen on its own loopback interface, and it runs in a container: use the runtime process")

// Reference reports whether the instance's issuer is this program, so that another one
// can be started beside it.
func (t Target) Reference() bool {
	return t.Process != nil && len(t.Process.Command) > 0 && t.Process.Command[0] == "${self}" && t.URL == ""
}

// Arrange starts what the arrangement asks for, beside the instance and in its runtime, and
// returns the instance as the step sees it. End stops what was started. What is arranged
// beside an arranged instance has its own servers of both arrangements.
func (in *Instance) Arrange(ctx context.Context, a Arrangement) (arranged *Instance, end func(context.Context) error, err error) {
	if in.arrange == nil {
		return nil, nil, fmt.Errorf("target %s: it isn't known how to start anything beside it", in.Target.Name)
	}
	return in.arrange(ctx, a)
}

// arrange does what [Instance.Arrange] says. It is called by one step at a time.
func (e *Environment) arrange(ctx context.Context, o Options, s site, of *Instance, a Arrangement) (_ *Instance, _ func(context.Context) error, err error) {
	in := *of
	in.arrange = func(ctx context.Context, b Arrangement) (*Instance, func(context.Context) error, error) {
		return e.arrange(ctx, o, s, of, a.then(b))
	}
	in.Services = slices.Concat(of.Services, a.Beside)
	e.arranged++
	var started []Running
	end := func(ctx context.Context) error {
		var errs []error
		for _, r := range slices.Backward(started) {
			errs = append(errs, r.Stop(ctx))
		}
		return errors.Join(errs...)
	}
	defer func() {
		if err != nil {
			clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
			defer cancel()
			err = errors.Join(err, end(clean))
		}
	}()
	scheme := "http://"
	var signer *authority
	if a.Secure {
		if s.launcher.Runtime() == Container {
			return nil, nil, fmt.Errorf("target %s: %w", in.Target.Name, ErrSecure)
		}
		if signer, err = newAuthority(); err != nil {
			return nil, nil, err
		}
		scheme, in.TLS = "https://", signer.trust()
	}
	start := func(kind string, prepared Prepared, spec Target, fill func(*Service) error) (Running, error) {
		r, err := launchOn(ctx, s.launcher, func(port int) (Service, error) {
			svc := service(spec, fmt.Sprintf("%s-%d", kind, e.arranged), port, s)
			svc.Dir, svc.Image = prepared.Dir, prepared.Image
			err := fill(&svc)
			if a.Secure && err == nil {
				err = signer.secure(&svc)
			}
			return svc, err
		})
		if err != nil {
			return nil, fmt.Errorf("arrange the %s of %s: %w", kind, s.target.Name, err)
		}
		started = append(started, r)
		in.Services = append(slices.DeleteFunc(in.Services, func(r Running) bool { return r.Name() == kind }), renamed{r, kind})
		return r, nil
	}

	inside := e.insides[of]
	if a.Issuer != nil || a.Control || a.Secure {
		if !in.Target.Reference() {
			return nil, nil, fmt.Errorf("target %s: %w", in.Target.Name, ErrNotReference)
		}
		r, err := start("issuer", s.issuer, s.target, func(svc *Service) error {
			in.Clients = slices.Clone(of.Clients) // on another port, it is all done again
			in.Issuer = scheme + loopback(svc.Port) + in.Target.Issuer
			c := in.registration()
			if a.Issuer != nil {
				a.Issuer(&c)
			}
			in.adopt(c)
			file, err := config.Disclose(c)
			svc.Secrets = map[string][]byte{"registration": file}
			svc.Values = map[string]string{"issuer": in.Issuer}
			if a.Control && err == nil {
				err = in.control(svc, s.launcher.Runtime())
			}
			return err
		})
		if err != nil {
			return nil, nil, err
		}
		in.Endpoints, inside = in.Target.Endpoints.below(r.URL()), in.Target.Endpoints.below(r.Internal())
	}
	configured, err := verifierConfig(&in, inside)
	if err != nil {
		return nil, nil, err
	}
	if a.Verifier != nil {
		a.Verifier(&configured)
	}
	if a.Between {
		issuer, err := asked(inside)
		if err != nil {
			return nil, nil, fmt.Errorf("arrange a proxy before %s: %w", s.target.Name, err)
		}
		r, err := start("proxy", s.verifier, proxyTarget(hostPort(issuer)), func(*Service) error { return nil })
		if err != nil {
			return nil, nil, err
		}
		in.Between = ProxyAt(r.URL(), r.Internal())
		if err := in.Between.redirect(&configured, issuer); err != nil {
			return nil, nil, err
		}
	}
	in.Cache = configured.Cache
	r, err := start("verifier", s.verifier, verifierTarget().defective(o.Defect).with(a), func(svc *Service) error {
		file, err := config.Disclose(configured)
		svc.Secrets = map[string][]byte{"config": file}
		if a.Table != "" {
			svc.Secrets["store"] = []byte(a.Table)
		}
		if a.Persistence != nil {
			svc.Secrets["persistence"] = a.Persistence
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	in.Verifier = r.URL()
	return &in, end, nil
}

// before starts a proxy before a server. It is called by one step at a time.
func (e *Environment) before(ctx context.Context, s site, to string) (*Proxy, func(context.Context) error, error) {
	e.arranged++
	r, err := launchOn(ctx, s.launcher, func(port int) (Service, error) {
		svc := service(proxyTarget(to), fmt.Sprintf("proxy-%d", e.arranged), port, s)
		svc.Dir, svc.Image = s.verifier.Dir, s.verifier.Image
		return svc, nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("arrange a proxy of %s: %w", s.target.Name, err)
	}
	return ProxyAt(r.URL(), r.Internal()), r.Stop, nil
}

// control has the service listen for its controls as well.
func (in *Instance) control(svc *Service, runtime string) error {
	if runtime == Container {
		return ErrControl
	}
	port, err := freePort()
	if err == nil {
		in.Control = "http://" + loopback(port)
		svc.Command = append(slices.Clone(svc.Command), "--control", loopback(port))
	}
	return err
}

// with is the verifier as it runs with the arrangement's table.
func (t Target) with(a Arrangement) Target {
	if a.Table == "" {
		return t
	}
	more := []string{"--store-file", "${store}"} // it may hold a password, which other users see in a command
	if a.Persistence != nil {
		more = append(more, "--persistence", "${persistence}")
	}
	return t.told(more...)
}

// told is the server with more arguments.
func (t Target) told(more ...string) Target {
	p, c := *t.Process, *t.Container
	p.Command, c.Command = slices.Concat(p.Command, more), slices.Concat(c.Command, more)
	t.Process, t.Container = &p, &c
	return t
}

// defective is the verifier with a defect of that name.
func (t Target) defective(name string) Target {
	if name == "" {
		return t
	}
	return t.told("--fault", name)
}

// adopt takes over the clients that an arrangement gave its issuer, which is all that their
// requests are made of.
func (in *Instance) adopt(c issuer.Config) {
	known := in.Clients
	in.Clients = nil
	for _, registered := range c.Clients {
		i := slices.IndexFunc(known, func(k Client) bool { return k.ID == registered.ID })
		client := Client{ID: registered.ID}
		if i >= 0 {
			client = known[i]
		}
		client.Form, client.Scopes, client.Secret = string(registered.Form), registered.Scopes, registered.Secret
		client.Lifetime = time.Duration(registered.Lifetime) * time.Second
		in.Secrets.Add(client.Secret.Reveal())
		in.Clients = append(in.Clients, client)
	}
}

// renamed is a service under the name of its kind.
type renamed struct {
	Running
	name string
}

func (r renamed) Name() string { return r.name }

func (r renamed) Provenance() results.Service {
	p := r.Running.Provenance()
	p.Name = r.name
	return p
}
