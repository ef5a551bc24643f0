package conformance

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/oauthmark/oauthmark/targets"
)

// The bounds of what is tried again and again: one try that turns out well isn't a
// property, and many are a load for a server that isn't on this machine.
const (
	triesAway = 20
	triesFor  = 2 * time.Second
)

// FirstActive introspects up to most tokens, as the resource server, until one is called
// active, or the server was asked enough. It returns the answer that did, nil for none, and
// how many were tried.
func (p *Probe) FirstActive(ctx context.Context, most int, tokens func(n int) string) (*Exchange, int, error) {
	if !p.Instance().Target.Loopback() {
		most = min(most, triesAway)
	}
	who, err := p.Introspector()
	if err != nil {
		return nil, 0, err
	}
	// The first is the evidence, and says whether the caller may ask at all.
	x, err := p.IntrospectAs(ctx, tokens(0), "")
	if err != nil || callsActive(x) {
		return x, 1, err
	}
	if x.Status >= http.StatusMultipleChoices && x.Status < http.StatusBadRequest {
		return nil, 1, fmt.Errorf("introspection endpoint: the server answered %d", x.Status)
	}
	started := time.Now() // the session's clock is that of tokens; this bounds a load
	for n := 1; n < most; n++ {
		if time.Since(started) > triesFor {
			return nil, n, nil
		}
		form := url.Values{"token": {tokens(n)}}
		x, req, err := p.session.exchange(ctx, introspectionAnswer, http.MethodPost, p.Instance().Endpoints[targets.IntrospectionEndpoint], form, who)
		if err != nil || x.busy() { // it has had enough
			return nil, n, nil
		}
		if callsActive(x) {
			p.session.witness(x, introspectionAnswer, req, form)
			p.exchanges = append(p.exchanges, x)
			return x, n + 1, nil
		}
	}
	return nil, most, nil
}

// callsActive is so of an answer that any reader could take for it.
func callsActive(x *Exchange) bool {
	members, _ := x.Object()
	return members["active"] == true || members["active"] == "true"
}
