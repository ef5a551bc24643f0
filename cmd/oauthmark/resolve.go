package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// errAskServer is the error of a target that a plan alone can't know.
var errAskServer = errors.New("which tokens a bare URL issues is known only after asking it: use 'oauthmark run', or describe it in a YAML file with url and capabilities")

// resolver turns the names, files and URLs of --target into targets.
type resolver struct {
	selected   []scenarios.Selection // what will be done to them
	allowHosts []string              // to which load may go, beside those of a target's file
	mayAsk     bool                  // a server that somebody else started, what it can do
	client     *http.Client          // to ask it by; nil for the usual one
}

// resolve asks no server at all to which the selected load may not go.
func (r resolver) resolve(ctx context.Context, given []string) ([]targets.Target, error) {
	var out []targets.Target
	for _, g := range given {
		if strings.Contains(g, "://") && strings.Contains(g, "@") {
			// The message repeats nothing of it: it holds a secret.
			return nil, usagef("--target: the URL has credentials in it: leave them out and set OAUTHMARK_CLIENT_ID and OAUTHMARK_CLIENT_SECRET")
		}
		t, err := r.one(ctx, g)
		if errors.Is(err, targets.ErrUnknown) {
			err = scenarios.Unknown("target", g, "oauthmark list targets", targets.Names())
		}
		if errors.Is(err, targets.ErrNoAnswer) { // which isn't the mistake of whoever typed it
			return nil, fmt.Errorf("--target %s: %w", g, err)
		}
		if err != nil {
			return nil, usagef("--target %s: %w", g, err)
		}
		if slices.ContainsFunc(out, func(o targets.Target) bool { return o.Name == t.Name }) {
			return nil, usagef("--target %s: a target called %s is given twice: leave one out, or give its file another name", g, t.Name)
		}
		out = append(out, t)
	}
	if len(out) == 0 {
		return nil, usagef("--target: give at least one; 'oauthmark list targets' lists them")
	}
	return out, nil
}

// one resolves one of them.
func (r resolver) one(ctx context.Context, given string) (targets.Target, error) {
	client := r.client
	if client == nil {
		client = targets.NewHTTPClient(10*time.Second, 1)
	}
	defer client.CloseIdleConnections()
	if strings.Contains(given, "://") {
		if !r.mayAsk {
			return targets.Target{}, errAskServer
		}
		if err := r.mayLoad(targets.Target{URL: given}); err != nil {
			return targets.Target{}, err
		}
		t, err := targets.FromURL(ctx, given, os.Getenv, client)
		return r.allowing(t), err
	}
	if strings.HasSuffix(given, ".yaml") || strings.HasSuffix(given, ".yml") || strings.ContainsRune(given, os.PathSeparator) {
		t, err := targets.LoadFile(given)
		if err != nil || t.URL == "" {
			return t, err
		}
		t = r.allowing(t)
		if err := r.mayLoad(t); err != nil || !r.mayAsk {
			return t, err
		}
		return targets.Discover(ctx, t, os.Getenv, client)
	}
	return targets.Load(given)
}

// mayLoad refuses a server that a person hasn't allowed to be loaded, before it is asked.
func (r resolver) mayLoad(t targets.Target) error {
	return scenarios.MayLoad(r.selected, r.allowing(t))
}

func (r resolver) allowing(t targets.Target) targets.Target {
	t.AllowHosts = append(slices.Clone(t.AllowHosts), r.allowHosts...)
	return t
}
