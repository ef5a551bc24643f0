package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// traffic is token requests of the step's grant that have to be answered with new tokens,
// and a few with a wrong client secret.
func (issuance) traffic(ctx context.Context, step results.Step, site scenarios.Site) (_ Traffic, err error) {
	i := issuanceOf(step)
	inst, p, end, err := i.arrange(ctx, site.Instance)
	if err != nil {
		return Traffic{}, err
	}
	defer func() {
		if err != nil && end != nil {
			err = errors.Join(err, endWithin(ctx, end))
		}
	}()
	out := Traffic{Costly: i.costly(), End: end}
	if end != nil {
		out.Instance = inst
	}
	clients := inst.ClientsFor(i.form, false)
	if len(clients) == 0 {
		return out, fmt.Errorf("target %s has no client for %s tokens", inst.Target.Name, i.form)
	}
	n := len(clients)
	if i.once() {
		if n, err = arrivalsOnce("a request of the grant "+i.grant, *step.Load, site.Seed); err != nil {
			return out, err
		}
		if d := time.Duration(step.Load.Duration); i.grant == "authorization_code" && d > codeLife {
			return out, fmt.Errorf("codes live for a minute, and the step takes %v: lower --duration", d)
		}
	}
	forms, err := i.forms(ctx, inst, p, clients, n)
	if err != nil {
		return out, err
	}
	answers := newIssued(i.form)
	out.Caveats = func() []results.Warning { return append(answers.caveats(), i.caveats()...) }
	endpoint := inst.Endpoints[targets.TokenEndpoint]
	for k, form := range forms {
		c := clients[k%len(clients)]
		r, err := posted(ctx, c, endpoint, form)
		if err != nil {
			return out, err
		}
		r.About, r.Right, r.Read, r.Afresh = "a token request of client "+c.ID, Allow, answers.read(c, Allow), true
		out.Requests = append(out.Requests, r)
	}
	for _, c := range clients {
		warm, err := posted(ctx, c, endpoint, c.TokenForm())
		if err != nil {
			return out, err
		}
		bad, err := posted(ctx, impostor(c), endpoint, c.TokenForm())
		if err != nil {
			return out, err
		}
		bad.About, bad.Right, bad.Read = "a token request of client "+c.ID+" with a wrong secret", Deny, answers.read(c, Deny)
		out.Warm, out.Requests = append(out.Warm, warm), append(out.Requests, bad)
	}
	if i.once() {
		out.Order = onceEach(out.Requests, n, badShare, site.Seed)
	}
	return out, nil
}
