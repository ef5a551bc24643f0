package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// arrangements are the servers that the steps of a strategy have for themselves. They are kept
// from step to step, as the run's own servers are: their short-lived tokens need time to
// expire, and a database takes seconds to make.
type arrangements struct {
	servers storeServers

	mu  sync.Mutex
	all map[arrangedFor]*arranged
}

type arrangedFor struct {
	target          *targets.Instance
	strategy, store string
}

// arranged is an instance, and what was started for it.
type arranged struct {
	*targets.Instance
	forms    []string
	stop     func(context.Context) error
	warnings []results.Warning
}

// at is the site of a step with the servers that its strategy needs, the step in the words
// of the issuer that is there, and what the reader of its figures should know. What has a
// site by it may arrange more beside it.
func (a *arrangements) at(ctx context.Context, st strategy, step results.Step, site scenarios.Site) (results.Step, scenarios.Site, []results.Warning, error) {
	here, err := a.ready(ctx, st, site.Instance, step, nil)
	if err != nil {
		return step, site, nil, err
	}
	site.Instance = here.Instance
	step.Axes = slices.Clone(step.Axes)
	for i, axis := range step.Axes {
		if axis.Name == "form" {
			step.Axes[i].Value = st.issued(axis.Value)
		}
	}
	return step, site, here.warnings, nil
}

// ready returns the servers for a step, which it starts when there are none, or none that
// live. They are good for the others of these steps, too, as far as these want the same.
func (a *arrangements) ready(ctx context.Context, st strategy, of *targets.Instance, step results.Step, others []results.Step) (*arranged, error) {
	kind := step.Axis(axisStore).Value
	if st.ownIssuer() == "" && kind == "" {
		return &arranged{Instance: of}, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	key, form := arrangedFor{of, st.Name, kind}, step.Axis("form").Value
	forms := []string{form}
	if had := a.all[key]; had != nil {
		if slices.Contains(had.forms, form) && had.lives() {
			return had, nil
		}
		delete(a.all, key)
		if err := had.stop(ctx); err != nil {
			return nil, err
		}
		forms = append(forms, had.forms...)
	}
	for _, o := range others {
		if o.Axis(axisStore).Value == kind {
			forms = append(forms, o.Axis("form").Value)
		}
	}
	slices.Sort(forms)
	made, err := a.make(ctx, st, of, kind, slices.Compact(forms))
	if err != nil {
		return nil, err
	}
	if a.all == nil {
		a.all = map[arrangedFor]*arranged{}
	}
	a.all[key] = made
	return made, nil
}

func (a *arrangements) make(ctx context.Context, st strategy, of *targets.Instance, kind string, forms []string) (*arranged, error) {
	made := &arranged{forms: forms, stop: func(context.Context) error { return nil }}
	place := storePlace{leave: made.stop}
	if kind != "" {
		if of.Provenance.Runtime == targets.Container {
			return nil, fmt.Errorf("%s isn't measured in containers, which don't reach a store on this machine's loopback address: use --runtime process", st.Name)
		}
		var err error
		if place, err = a.servers.place(ctx, kind, st.Name == verifier.SharedCache); err != nil {
			return nil, err
		}
		of.Secrets.Add(place.secrets()...)
	}
	wanted := st.arrangement(forms, place.url)
	if place.service != nil {
		wanted.Beside = []targets.Running{place.service}
	}
	inst, end, err := of.Arrange(ctx, wanted)
	if err != nil {
		return nil, errors.Join(err, place.leave(context.WithoutCancel(ctx)))
	}
	made.Instance, made.warnings = inst, place.warnings
	made.stop = func(ctx context.Context) error { return errors.Join(end(ctx), place.leave(ctx)) }
	return made, nil
}

// lives reports whether all servers still run.
func (a *arranged) lives() bool {
	for _, s := range a.Services {
		select {
		case <-s.Done():
			return false
		default:
		}
	}
	return true
}

// end stops all that was started.
func (a *arrangements) end(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var errs []error
	for _, each := range a.all {
		errs = append(errs, each.stop(ctx))
	}
	a.all = nil
	return errors.Join(append(errs, a.servers.close())...)
}
