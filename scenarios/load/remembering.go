package load

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// remembering are the strategies that remember what the issuer said of any token, in this
// resource server alone.
var remembering = []string{verifier.IntrospectCached, verifier.IntrospectPush}

// itemsBelow are the items of a scenario with these values of its last axis.
func itemsBelow(scenario string, values ...string) (items []string) {
	for _, v := range values {
		items = append(items, scenario+"/"+v)
	}
	return items
}

// rememberingCells has one for each of the values of an axis that are selected, with opaque
// tokens where the target issues such, else with the first form that it declares.
func rememberingCells(w workload, st strategy, t targets.Target, o scenarios.Options, axis string, values []string, load func(value string, offered *results.Offered)) (cells []cell, why string) {
	forms := t.Forms()
	if len(forms) == 0 {
		return nil, fmt.Sprintf("target %s declares no form of token", t.Name)
	}
	form := forms[0]
	if slices.Contains(forms, targets.Opaque) {
		form = targets.Opaque
	}
	for _, value := range values {
		if !o.Whole && !slices.Contains(o.Items, w.name+"/"+value) {
			continue
		}
		c := cell{needs: st.needs(form), takes: 2 * time.Second, load: func(offered *results.Offered) { load(value, offered) },
			axes: []results.Axis{{Name: "strategy", Value: st.Name}, {Name: "form", Value: form, Class: targets.KindOf(form)}, {Name: axis, Value: value}}}
		if o.Profile.Load.Closed() {
			c.not = "closed arrivals have no rate at which anything could happen: leave out --arrivals closed"
		}
		cells = append(cells, c)
	}
	return cells, ""
}

// unjudged is a request for what everybody gets, over which connections are warmed without a
// token being seen.
func unjudged(inst *targets.Instance) Request {
	return Request{URL: inst.Verifier + "/floor", About: "a request that everybody may make", Right: Allow,
		Read: func(status int, _ []byte) (Answer, string) {
			if status == http.StatusOK {
				return Allow, ""
			}
			return Unjudged, ""
		}}
}

// introduce presents good tokens one time each, several at once, so that the resource server
// remembers them.
func introduce(ctx context.Context, requests []Request) error {
	rt, err := newTransport(Load{Traffic: Traffic{Requests: requests}, Workers: warmConnections, Timeout: requestTimeout})
	if err != nil {
		return err
	}
	defer rt.close()
	work := make(chan *planned)
	failed := make(chan error, len(requests)+1)
	done := make(chan struct{})
	for range warmConnections {
		go func() {
			for r := range work {
				if err := once(ctx, rt, r); err != nil {
					failed <- err
				}
			}
			done <- struct{}{}
		}()
	}
	for i := range rt.requests {
		work <- &rt.requests[i]
	}
	close(work)
	for range warmConnections {
		<-done
	}
	select {
	case err := <-failed:
		return fmt.Errorf("present good tokens before the load: %w", err)
	default:
		return ctx.Err()
	}
}

// listens is how long a resource server has to open the issuer's stream of revocations,
// before which it remembers nothing.
const listens = 500 * time.Millisecond

// acquire gets tokens, presents them, and has the resource server remember them.
func acquire(ctx context.Context, inst *targets.Instance, step results.Step, n int) (requests []Request, err error) {
	form := step.Axis("form").Value
	tokens, err := Obtain(ctx, inst, inst.ClientsFor(form, false), form, n)
	if err == nil {
		err = distinct(tokens)
	}
	if err != nil {
		return nil, err
	}
	p := &presenting{inst: inst, form: form, tokens: tokens, shown: quotable(tokens)}
	p.strategy, _ = verifier.Describe(step.Axis("strategy").Value)
	if requests = p.valid(); p.strategy.Name != verifier.IntrospectPush {
		return requests, introduce(ctx, requests)
	}
	if err := introduce(ctx, requests[:1]); err != nil {
		return nil, err
	}
	sleep(listens, ctx.Done())
	return requests, introduce(ctx, requests)
}

// countedOf is how often the resource server counted something in the step.
func countedOf(m Measurement, name string) (int64, bool) {
	return (&results.Series{Counters: m.Counters}).Counter(name)
}
