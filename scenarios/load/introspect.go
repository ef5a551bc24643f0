package load

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// introspectScenario is introspect: the introspection endpoint alone under load, asked as a
// resource server asks it.
func introspectScenario() []scenarios.Scenario {
	w := introspection{old: new(stale)}
	w.workload = workload{name: "introspect", alone: true, cells: introspectCells, traffic: w.asked}
	s := scenarios.Scenario{Name: w.name, Title: "the introspection endpoint under load, by form of token", With: []string{floor}, Workload: w}
	for _, form := range targets.Forms() {
		s.Items = append(s.Items, w.name+"/"+form)
	}
	return []scenarios.Scenario{s}
}

// introspection is a workload whose expired tokens ripen from the start of the run.
type introspection struct {
	workload
	old *stale
}

// Prepare implements [scenarios.Preparer].
func (w introspection) Prepare(ctx context.Context, inst *targets.Instance, steps []results.Step) error {
	for _, step := range steps {
		if _, err := w.old.obtain(ctx, inst, step.Axis("form").Value); err != nil {
			return err
		}
	}
	return nil
}

// introspectCells has one for each form that is named, or else for opaque tokens and one
// self-contained form: what introspection costs hardly depends on the algorithm.
func introspectCells(t targets.Target, o scenarios.Options) (cells []cell, why string) {
	for _, form := range namedForms(t, o, "introspect/") {
		cells = append(cells, cell{axes: []results.Axis{{Name: "form", Value: form, Class: targets.KindOf(form)}},
			needs: []targets.Capability{targets.ClientCredentials, targets.Issues(form), targets.Introspection, targets.Introspects(form)}})
	}
	return cells, fmt.Sprintf("target %s declares no form of token that it issues", t.Name)
}

// namedForms lists the forms that items name behind the prefix and, where the scenario was
// selected as a whole, those that are asked for, or opaque and ES256, or what the target has
// in place of these.
func namedForms(t targets.Target, o scenarios.Options, prefix string) (forms []string) {
	if o.Whole {
		forms = formsOf(t, o)
		if len(o.Forms) == 0 {
			forms = few(forms)
		}
	}
	for _, form := range targets.Forms() {
		if slices.Contains(o.Items, prefix+form) && !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return forms
}

// few keeps opaque, and one self-contained form: ES256, or else the first.
func few(forms []string) (out []string) {
	self := slices.DeleteFunc(slices.Clone(forms), func(f string) bool { return f == targets.Opaque })
	if slices.Contains(forms, targets.Opaque) {
		out = append(out, targets.Opaque)
	}
	if i := slices.Index(self, "ES256"); i >= 0 {
		self = self[i:]
	}
	return append(out, self[:min(1, len(self))]...)
}

// revokedTokens is how many revoked tokens are asked about.
const revokedTokens = 4

// asked is the traffic of questions about active tokens and a few others: made up, expired,
// and revoked where the target revokes.
func (w introspection) asked(ctx context.Context, step results.Step, site scenarios.Site) (Traffic, error) {
	inst, form := site.Instance, step.Axis("form").Value
	tokens, err := Obtain(ctx, inst, inst.ClientsFor(form, false), form, step.Load.Tokens+warmConnections)
	if err != nil {
		return Traffic{}, err
	}
	if err := distinct(tokens); err != nil {
		return Traffic{}, err
	}
	old, err := w.old.expired(ctx, inst, form)
	if err != nil {
		return Traffic{}, err
	}
	gone, err := revoked(ctx, inst, form)
	if err != nil {
		return Traffic{}, err
	}
	answers := &introspected{shown: quotable(tokens)}
	out := Traffic{Caveats: answers.caveats}
	ask := func(t Token, right Answer, about string) (Request, error) {
		r, err := posted(ctx, inst.Introspector, inst.Endpoints[targets.IntrospectionEndpoint], url.Values{"token": {t.Value}})
		r.About, r.Right, r.Read = about, right, answers.read(subjectOf(t, inst.Target), right)
		return r, err
	}
	type question struct {
		Token
		right Answer
		about string
	}
	var all []question
	for i, t := range tokens {
		if err := outlives(t, time.Now(), giveUp(time.Duration(step.Load.Duration))); err != nil {
			return out, err
		}
		all = append(all, question{t, Allow, "a good token of client " + t.Client.ID})
		if i >= warmConnections && i%4 == 0 {
			all = append(all, question{spoiled(t), Deny, "a token that was made up"})
		}
	}
	for _, t := range old {
		all = append(all, question{t, Deny, "a token that was expired"})
	}
	for _, t := range gone {
		all = append(all, question{t, Deny, "a token that was revoked"})
	}
	for i, q := range all {
		r, err := ask(q.Token, q.right, q.about)
		if err != nil {
			return out, err
		}
		if i < warmConnections {
			out.Warm = append(out.Warm, r)
		} else {
			out.Requests = append(out.Requests, r)
		}
	}
	return out, nil
}

// revoked gets a few tokens and revokes them; none where the target doesn't say that it can.
func revoked(ctx context.Context, inst *targets.Instance, form string) ([]Token, error) {
	endpoint := inst.Endpoints[targets.RevocationEndpoint]
	if endpoint == "" || inst.Target.Lacks([]targets.Capability{targets.Revocation}) != "" {
		return nil, nil
	}
	tokens, err := Obtain(ctx, inst, inst.ClientsFor(form, false), form, revokedTokens)
	if err != nil {
		return nil, err
	}
	client := targets.NewHTTPClient(10*time.Second, 1)
	defer client.CloseIdleConnections()
	for _, t := range tokens {
		req, err := t.Client.Post(ctx, endpoint, url.Values{"token": {t.Value}})
		if err != nil {
			return nil, err
		}
		resp, err := client.Do(req)
		if err != nil {
			return nil, fmt.Errorf("revoke a token: %w", targets.Unanswered(err))
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("revoke a token: the server answered %d, and not 200 (RFC 7009, section 2.2)", resp.StatusCode)
		}
	}
	return tokens, nil
}
