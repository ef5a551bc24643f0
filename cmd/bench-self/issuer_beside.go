//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/load"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/launch/process"
)

// asked is the number of distinct tokens that are asked about.
const asked = 1000

// loaded is what is measured of a server under load.
type loaded func(g *generator, usage func() (results.Usage, bool)) figure

func answers(g *generator, _ func() (results.Usage, bool)) figure {
	return perSecond(g.sending(unbounded))
}

func serverCPU(g *generator, usage func() (results.Usage, bool)) figure {
	return each(cpuOf(usage), g.sending(unbounded))
}

// besideBare compares the reference issuer with a bare handler that writes what the
// issuer answered once.
func besideBare(form string, introspect bool, of loaded) measure {
	return func(ctx context.Context, program string) (float64, error) {
		in, stop, err := startTarget(ctx, program, "reference")
		if err != nil {
			return 0, err
		}
		defer stop()
		client := in.ClientsFor(form, false)[0]
		n := 1
		if introspect {
			n = asked
		}
		tokens, err := obtain(ctx, in, client, n)
		if err != nil {
			return 0, err
		}
		var input bareInput
		if dot := strings.LastIndexByte(tokens(0), '.'); dot > 0 {
			input.Algorithm, input.Signing = form, tokens(0)[:dot]
		}
		if introspect {
			input.Answer, err = ask(ctx, in.Endpoints[targets.IntrospectionEndpoint], in.Introspector, url.Values{"token": {tokens(0)}})
		} else {
			input.Answer, err = ask(ctx, in.Endpoints[targets.TokenEndpoint], client, tokenForm("read"))
			tokens = nil
		}
		if err != nil {
			return 0, err
		}
		bare, err := startSelf(ctx, serveBare, input)
		if err != nil {
			return 0, err
		}
		defer bare.stop()
		ours, err := newAsking(in.Endpoints, in, client, "", tokens)
		if err != nil {
			return 0, err
		}
		defer ours.close()
		theirs, err := newAsking(targets.Endpoints{targets.TokenEndpoint: bare.url + "/token", targets.IntrospectionEndpoint: bare.url + "/introspect"}, in, client, "", tokens)
		if err != nil {
			return 0, err
		}
		defer theirs.close()
		usage := func() (results.Usage, bool) { return in.Services[0].Usage(ctx) }
		return paired(ctx, issuerBlocks, [2]figure{of(ours, usage), of(theirs, bare.usage)})
	}
}

// besideNode compares the reference issuer with node oidc-provider.
func besideNode(introspect bool) measure {
	return func(ctx context.Context, program string) (float64, error) {
		for _, needed := range []string{"node", "npm"} {
			if _, err := exec.LookPath(needed); err != nil {
				return 0, fmt.Errorf("%w: there is no %s on this machine", errNotRun, needed)
			}
		}
		var sides [2]figure
		for i, name := range []string{"reference", "oidc-provider"} {
			in, stop, err := startTarget(ctx, program, name)
			if err != nil {
				return 0, err
			}
			defer stop()
			client := in.ClientsFor(targets.Opaque, false)[0]
			var tokens func(uint64) string
			if introspect {
				if tokens, err = obtain(ctx, in, client, asked); err != nil {
					return 0, err
				}
			}
			asking, err := newAsking(in.Endpoints, in, client, "read", tokens)
			if err != nil {
				return 0, err
			}
			defer asking.close()
			sides[i] = answers(asking, nil)
		}
		return paired(ctx, issuerBlocks, sides)
	}
}

// newAsking asks an issuer about the tokens or, without any, for tokens.
func newAsking(at targets.Endpoints, in *targets.Instance, client targets.Client, scope string, tokens func(uint64) string) (*generator, error) {
	if tokens == nil {
		return newIssuing(at[targets.TokenEndpoint], client, scope)
	}
	return newIntrospecting(at[targets.IntrospectionEndpoint], in.Introspector, tokens)
}

// startTarget starts a target as a process, as 'oauthmark run' does.
func startTarget(ctx context.Context, program, name string) (in *targets.Instance, stop func(), err error) {
	self, err := filepath.Abs(program)
	if err != nil {
		return nil, nil, err
	}
	target, err := targets.Load(name)
	if err != nil {
		return nil, nil, err
	}
	open := func(context.Context) (targets.Launcher, error) {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("find the cache folder: %w", err)
		}
		return process.New(process.Options{Self: self, Cache: filepath.Join(cache, "oauthmark", "targets")})
	}
	env, err := targets.Start(ctx, targets.Options{Runtime: targets.Process, Process: open, Rand: rand.Reader}, []targets.Target{target})
	if err != nil {
		return nil, nil, err
	}
	return env.Instance(name), func() { _ = env.Stop(context.WithoutCancel(ctx)) }, nil
}

// obtain gets tokens for a client.
func obtain(ctx context.Context, in *targets.Instance, client targets.Client, n int) (func(uint64) string, error) {
	tokens, err := load.Obtain(ctx, in, []targets.Client{client}, client.Form, n)
	return func(i uint64) string { return tokens[i%uint64(n)].Value }, err
}

// ask sends a client's request once.
func ask(ctx context.Context, endpoint string, client targets.Client, form url.Values) (string, error) {
	r, err := client.Post(ctx, endpoint, form)
	if err != nil {
		return "", err
	}
	return fetch(ctx, r)
}
