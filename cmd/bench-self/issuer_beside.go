//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/launch/process"
)

// asked is the number of distinct tokens that are asked about.
const asked = 1000

// side is one of two servers that are compared, with the load on it.
type side struct {
	load  *generator
	usage func() (results.Usage, bool)
}

func (s *side) perSecond(ctx context.Context) (float64, error) {
	n, seconds, err := s.load.send(ctx, issuerBlock, unbounded)
	return float64(n) / seconds, err
}

// cpuPerRequest is in seconds of the server's process.
func (s *side) cpuPerRequest(ctx context.Context) (float64, error) {
	before, ok := s.usage()
	if !ok {
		return 0, fmt.Errorf("%w: this system doesn't tell what a process has used", errNotRun)
	}
	n, _, err := s.load.send(ctx, issuerBlock, unbounded)
	after, _ := s.usage()
	return (after.CPUSeconds - before.CPUSeconds) / float64(n), err
}

// besideBare compares the reference issuer with a bare handler that writes what the
// issuer answered once.
func besideBare(ctx context.Context, program, form string, introspect bool, figure func(*side, context.Context) (float64, error)) (float64, error) {
	in, stop, err := startTarget(ctx, program, "reference")
	if err != nil {
		return 0, err
	}
	defer stop()
	client := in.ClientsFor(form, false)[0]
	answer, tokens, err := obtain(ctx, in, client)
	if err != nil {
		return 0, err
	}
	input := bareInput{Answer: answer}
	if dot := strings.LastIndexByte(tokens(0), '.'); dot > 0 {
		input.Algorithm, input.Signing = form, tokens(0)[:dot]
	}
	if introspect {
		input.Answer, err = send(in.Introspector.Post(ctx, in.Endpoints[targets.IntrospectionEndpoint], url.Values{"token": {tokens(0)}}))
		if err != nil {
			return 0, err
		}
	}
	bare, err := startSelf(ctx, serveBareArgument, input)
	if err != nil {
		return 0, err
	}
	defer bare.stop()
	service := in.Services[0]
	ours := &side{usage: func() (results.Usage, bool) { return service.Usage(ctx) }}
	theirs := &side{usage: bare.usage}
	client.Scopes = nil
	bareEndpoints := targets.Endpoints{targets.TokenEndpoint: bare.url + "/token", targets.IntrospectionEndpoint: bare.url + "/introspect"}
	for s, at := range map[*side]targets.Endpoints{ours: in.Endpoints, theirs: bareEndpoints} {
		if introspect {
			s.load, err = newIntrospecting(at[targets.IntrospectionEndpoint], in.Introspector, tokens)
		} else {
			s.load, err = newIssuing(at[targets.TokenEndpoint], client)
		}
		if err != nil {
			return 0, err
		}
		defer s.load.close()
	}
	return paired(ctx, issuerBlocks,
		func(ctx context.Context) (float64, error) { return figure(ours, ctx) },
		func(ctx context.Context) (float64, error) { return figure(theirs, ctx) })
}

// besideNode compares the reference issuer with node oidc-provider.
func besideNode(ctx context.Context, program string, introspect bool) (float64, error) {
	for _, needed := range []string{"node", "npm"} {
		if _, err := exec.LookPath(needed); err != nil {
			return 0, fmt.Errorf("%w: there is no %s on this machine", errNotRun, needed)
		}
	}
	var sides [2]func(context.Context) (float64, error)
	for i, name := range []string{"reference", "oidc-provider"} {
		in, stop, err := startTarget(ctx, program, name)
		if err != nil {
			return 0, err
		}
		defer stop()
		client := in.ClientsFor(targets.Opaque, false)[0]
		s := &side{}
		if introspect {
			var tokens func(uint64) string
			if _, tokens, err = obtain(ctx, in, client); err != nil {
				return 0, err
			}
			s.load, err = newIntrospecting(in.Endpoints[targets.IntrospectionEndpoint], in.Introspector, tokens)
		} else {
			s.load, err = newIssuing(in.Endpoints[targets.TokenEndpoint], client)
		}
		if err != nil {
			return 0, err
		}
		defer s.load.close()
		sides[i] = s.perSecond
	}
	return paired(ctx, issuerBlocks, sides[0], sides[1])
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

// obtain gets tokens for a client, and returns the first answer with them.
func obtain(ctx context.Context, in *targets.Instance, client targets.Client) (answer string, tokens func(uint64) string, err error) {
	n := asked
	if client.Form != targets.Opaque {
		n = 1
	}
	got := make([]string, n)
	for i := range got {
		text, err := send(client.TokenRequest(ctx, in.Endpoints[targets.TokenEndpoint]))
		if err != nil {
			return "", nil, err
		}
		var parsed struct {
			Token string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(text), &parsed); err != nil || parsed.Token == "" {
			return "", nil, fmt.Errorf("obtain a token: %w", errAnswer)
		}
		if i == 0 {
			answer = text
		}
		got[i] = parsed.Token
	}
	return answer, func(i uint64) string { return got[i%uint64(n)] }, nil
}

// send sends one request and returns the answer's text.
func send(r *http.Request, err error) (string, error) {
	if err != nil {
		return "", fmt.Errorf("send: %w", err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", fmt.Errorf("send: %w", err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return "", errors.Join(fmt.Errorf("send to %s: status %d", r.URL.Path, res.StatusCode), err)
	}
	return string(b), nil
}
