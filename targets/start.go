package targets

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets/redact"
)

// resource is the identifier of the protected resource of a target that we start.
// RFC 8707, section 2: it is an absolute URI. Nothing listens there: .test is
// reserved (RFC 2606).
const resource = "https://resource.oauthmark.test"

// portAttempts bounds how often a port is chosen anew because somebody took the
// last one before the service did.
const portAttempts = 3

func (e *Environment) startSite(ctx context.Context, o Options, s site) (*Instance, error) {
	in := &Instance{Target: s.target, Secrets: redact.New()}
	var inside Endpoints // as the verifier reaches them
	if s.target.external != nil {
		*in = *s.target.external
		in.Target = s.target
		inside = in.Endpoints
	} else {
		issuer, err := e.startIssuer(ctx, o, s, in)
		if err != nil {
			return nil, err
		}
		inside = s.target.Endpoints.below(issuer.Internal())
	}

	in.Cache = o.Cache
	configured, err := verifierConfig(in, inside)
	if err != nil {
		return nil, err
	}
	in.Cache = configured.Cache
	accepts := configured.Accept.String()
	if accepts != "" {
		e.observer("the verifier of %s accepts beside RFC 9068: %s", s.target.Name, accepts)
	}
	file, err := config.Disclose(configured)
	if err != nil {
		return nil, fmt.Errorf("configure the verifier: %w", err)
	}
	v := verifierTarget().defective(o.Defect)
	verifier, err := e.launch(ctx, s, func(port int) (Service, error) {
		svc := service(v, "verifier", port, s)
		svc.Dir, svc.Image = s.verifier.Dir, s.verifier.Image
		svc.Secrets = map[string][]byte{"config": file}
		return svc, nil
	})
	if err != nil {
		return nil, err
	}
	in.Verifier = verifier.URL()
	e.insides[in] = inside
	in.arrange = func(ctx context.Context, a Arrangement) (*Instance, func(context.Context) error, error) {
		return e.arrange(ctx, o, s, in, a)
	}
	in.proxy = func(ctx context.Context, to string) (*Proxy, func(context.Context) error, error) {
		return e.before(ctx, s, to)
	}
	in.Services = append(in.Services, verifier)
	in.Provenance.Name, in.Provenance.Version, in.Provenance.Issuer = s.target.Name, s.target.Version, in.Issuer
	in.Provenance.Accepts = accepts
	in.Provenance.Caches = &results.Caches{TTL: results.Duration(in.Cache.TTL), NegativeTTL: results.Duration(in.Cache.NegativeTTL), Entries: in.Cache.Entries}
	in.Provenance.Services = nil
	for _, r := range in.Services {
		in.Provenance.Services = append(in.Provenance.Services, r.Provenance())
	}
	return in, nil
}

// startIssuer starts the target itself and fills in what is known of it.
func (e *Environment) startIssuer(ctx context.Context, o Options, s site, in *Instance) (Running, error) {
	t := s.target
	in.Audience = cmp.Or(t.Audience, resource)
	if err := in.register(o.Rand); err != nil {
		return nil, err
	}
	issuer, err := e.launch(ctx, s, func(port int) (Service, error) {
		svc := service(t, "issuer", port, s)
		svc.Dir, svc.Image = s.issuer.Dir, s.issuer.Image
		in.Issuer = "http://" + loopback(port) + t.Issuer
		file, err := config.Disclose(in.registration())
		svc.Secrets = map[string][]byte{"registration": file}
		svc.Values = map[string]string{"issuer": in.Issuer}
		return svc, err
	})
	if err != nil {
		return nil, err
	}
	in.Endpoints = t.Endpoints.below(issuer.URL())
	in.Services = append(in.Services, issuer)
	return issuer, nil
}

// launch starts a service on a free port, and reports its death.
func (e *Environment) launch(ctx context.Context, s site, build func(port int) (Service, error)) (Running, error) {
	r, err := launchOn(ctx, s.launcher, func(port int) (Service, error) {
		svc, err := build(port)
		if err == nil {
			e.observer("starting the %s of %s (%s)", svc.Name, s.target.Name, s.launcher.Runtime())
		}
		return svc, err
	})
	if err == nil {
		e.watch(s.target.Name, r)
	}
	return r, err
}

// launchOn starts a service on a free port, and tries again when somebody else took
// the port in the meantime. Its errors are [LaunchError]s or name the service.
func launchOn(ctx context.Context, l Launcher, build func(port int) (Service, error)) (Running, error) {
	var tried []int
	for {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		if slices.Contains(tried, port) {
			continue
		}
		svc, err := build(port)
		if err != nil {
			return nil, err
		}
		r, err := l.Launch(ctx, svc)
		if err == nil {
			return r, nil
		}
		tried = append(tried, port)
		if ctx.Err() != nil || len(tried) == portAttempts || !taken(port) {
			return nil, fmt.Errorf("port %s: %w", strconv.Itoa(port), err)
		}
	}
}

// service lays out how a target runs in the site's runtime.
func service(t Target, name string, port int, s site) Service {
	svc := Service{Name: name, Port: port}
	if s.launcher.Runtime() == Container {
		c := t.Container
		svc.Ready, svc.Timeout, svc.Command, svc.Env = c.Ready, c.Timeout, c.Command, c.Env
		svc.Spec, svc.Files = *c, t.Files
		svc.Timeout = orDefault(svc.Timeout, 60*time.Second)
		return svc
	}
	p := t.Process
	svc.Ready, svc.Timeout, svc.Command, svc.Env = p.Ready, p.Timeout, p.Command, p.Env
	svc.Timeout = orDefault(svc.Timeout, 30*time.Second)
	return svc
}

func orDefault(d, standard time.Duration) time.Duration {
	if d == 0 {
		return standard
	}
	return d
}
