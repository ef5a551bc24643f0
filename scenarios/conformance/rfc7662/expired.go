package rfc7662

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

const (
	// afterExpiry is how long after the end of its lifetime a token is presented. A
	// lifetime that is counted in whole seconds ends within the first.
	afterExpiry = time.Second
	// longestWait bounds what a server may make the check wait by its own idea of a
	// short lifetime.
	longestWait = 15 * time.Second
)

// Section 2.2, "the token is not active"; section 4: "If the token can expire, the
// authorization server MUST determine whether or not the token has expired."
func expiredInactive() conformance.Check {
	return conformance.Check{
		ID:          "rfc7662/2.2/expired-inactive",
		Title:       "introspects a token before and after the end of its lifetime",
		Requirement: conformance.Must("A token that has expired is answered with active false."),
		Needs:       []targets.Capability{targets.ShortLifetime},
		Fault:       "expired-token-active",
		Run:         expired,
	}
}

// expired takes a token of every form before it waits, so that it waits once.
func expired(ctx context.Context, p *conformance.Probe) conformance.Outcome {
	var forms []string
	tokens := map[string]string{}
	early := map[string]error{} // forms whose token could not even be looked at
	var wait time.Duration
	for _, form := range p.Introspected(p.Forms()) {
		clients := p.Instance().ClientsFor(form, true)
		if len(clients) == 0 {
			continue
		}
		forms = append(forms, form)
		token, lifetime, err := shortToken(ctx, p, clients[0])
		tokens[form], early[form] = token, err
		wait = max(wait, lifetime)
	}
	if wait > 0 {
		if err := p.Wait(ctx, wait+afterExpiry); err != nil {
			return conformance.Undecided(err)
		}
	}
	return conformance.Worst(forms, "no client with a lifetime of seconds is registered", func(form string) conformance.Outcome {
		if early[form] != nil {
			return conformance.Undecided(early[form])
		}
		return conformance.Judging(inactive)(p.IntrospectAs(ctx, tokens[form], ""))
	})
}

// shortToken issues a token, sees to it that it is active now, and tells how long it
// lives.
func shortToken(ctx context.Context, p *conformance.Probe, client targets.Client) (string, time.Duration, error) {
	g, err := p.Issue(ctx, client)
	if err != nil {
		return "", 0, err
	}
	token, err := g.Token()
	if err != nil {
		return "", 0, err
	}
	lifetime := client.Lifetime
	members, err := g.Answer.Object()
	if err != nil {
		return "", 0, err
	}
	if n, ok := members["expires_in"].(json.Number); ok {
		if seconds, err := n.Int64(); err == nil {
			lifetime = max(lifetime, time.Duration(min(seconds, int64(time.Hour/time.Second)))*time.Second)
		}
	}
	if lifetime > longestWait {
		return "", 0, fmt.Errorf("a client registered for %s got a token for %s", client.Lifetime, lifetime)
	}
	x, err := p.IntrospectAs(ctx, token, "")
	if err != nil {
		return "", 0, err
	}
	// A token that was never active proves nothing when it is inactive later.
	if members, err := x.Object(); err != nil || members["active"] == nil || members["active"] == false {
		return "", 0, fmt.Errorf("introspection endpoint: does not call the token active before it expires")
	}
	return token, lifetime, nil
}
