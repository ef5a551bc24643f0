package load

import (
	"fmt"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// offers lists the loads that each cell is put under: each rate with each population and
// each reuse of its tokens.
func offers(o scenarios.Options) (out []results.Offered) {
	base := o.Profile.Load
	rates, reuses, populations := o.Rates, o.Reuse, o.Tokens
	switch {
	case o.Trace != nil:
		base.Arrivals, base.Rate, base.Duration = results.Replayed, o.Trace.Rate(), results.Duration(o.Trace.Lasts())
		base.Trace, base.Tokens, base.Reuse = o.Trace.Name, o.Trace.Count, 0
		return []results.Offered{base}
	case base.Closed():
		rates = []float64{0}
	case len(rates) == 0:
		rates = []float64{base.Rate}
	}
	if len(reuses) == 0 {
		reuses = []float64{base.Reuse}
	}
	if len(populations) == 0 {
		populations = []int{base.Tokens}
	}
	for _, rate := range rates {
		for _, n := range populations {
			for _, reuse := range reuses {
				base.Rate, base.Tokens, base.Reuse = rate, n, reuse
				out = append(out, base)
			}
		}
	}
	return out
}

// among tells a step's load from the others that were asked for, in its name.
func among(load results.Offered, o scenarios.Options) (name string) {
	if len(o.Rates) > 1 && o.Trace == nil {
		name += fmt.Sprintf("@%g", load.Rate)
	}
	if len(o.Tokens) > 1 && o.Trace == nil {
		name += fmt.Sprintf("@%dtokens", load.Tokens)
	}
	if len(o.Reuse) > 1 && o.Trace == nil {
		name += fmt.Sprintf("@reuse%g", load.Reuse)
	}
	return name
}

func (c cell) says(o results.Offered) string {
	if c.does == "" {
		return does(o)
	}
	return does(o) + ", " + c.does
}

func does(o results.Offered) string {
	tokens := ""
	if o.Reuse > 0 {
		tokens = fmt.Sprintf(", %d tokens reused by Zipf %g", o.Tokens, o.Reuse)
	}
	switch {
	case o.Closed():
		return fmt.Sprintf("%d workers, each as fast as it is answered, for %v%s", o.Workers, o.Duration, tokens)
	case o.Arrivals == results.Replayed:
		return fmt.Sprintf("the trace %s, %.4g/s with %d tokens for %v", o.Trace, o.Rate, o.Tokens, o.Duration)
	}
	return fmt.Sprintf("%g/s %s for %v%s", o.Rate, o.Arrivals, o.Duration, tokens)
}

// excluded reports whether somebody excluded the cell, by its name or its form.
func (c cell) excluded(id string, o scenarios.Options) bool {
	return slices.Contains(o.Without, id) || slices.ContainsFunc(c.axes, func(a results.Axis) bool {
		return a.Name == "form" && slices.Contains(o.WithoutForms, a.Value)
	})
}

// A token beyond a hundred takes so much longer to be issued and to be presented before
// the step, and a server of the step's own takes so long to start.
const (
	perToken   = 400 * time.Microsecond
	arrangeOne = 300 * time.Millisecond
)

// beside is about how long a step of the cell takes beside its load and what each takes.
func (c cell) beside(load results.Offered, o scenarios.Options) (d time.Duration) {
	d = time.Duration(max(0, load.Tokens-100)) * perToken
	if c.arranged {
		d += arrangeOne
	}
	// A cache whose entries expire within the step is filled for as long before it.
	if ttl := c.remembers(o); ttl <= time.Duration(load.Duration) && load.Warm == results.Steady && !load.Closed() {
		d += ttl
	}
	return d
}

// remembers is for how long the cell's cache remembers a token, 0 where it has none.
func (c cell) remembers(o scenarios.Options) time.Duration {
	cache := verifier.DefaultCache()
	if len(o.TTLs) == 1 {
		cache.TTL = verifier.Duration(o.TTLs[0])
	}
	ttl := time.Duration(0)
	for _, a := range c.axes {
		if a.Name == "strategy" {
			ttl, _ = remembers(a.Value, cache)
		}
		if own, err := time.ParseDuration(a.Value); a.Name == "ttl" && err == nil {
			ttl = own
		}
	}
	return ttl
}
