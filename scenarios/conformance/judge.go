package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// bound is how many checks talk to the target at once: enough to overlap, too few to
// be a load.
const bound = 4

// maxEvidence is how many exchanges a finding shows.
const maxEvidence = 8

// Judge runs the checks on the session's instance and returns a finding for each, in
// the order of the checks. One that doesn't apply, or was not reached before the
// context ended, has the verdict none and a reason. Observe is told of each that is
// done, one at a time.
func Judge(ctx context.Context, checks []Check, s *Session, observe func(done int, id string)) []results.Finding {
	findings := make([]results.Finding, len(checks))
	slots := make(chan struct{}, bound)
	var running sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for _, i := range startOrder(checks) {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			findings[i] = judge(ctx, checks[i], &Probe{session: s, slots: slots})
			mu.Lock()
			defer mu.Unlock()
			done++
			observe(done, checks[i].ID)
		})
	}
	running.Wait()
	return findings
}

// startOrder puts the checks that have to wait for time to pass first, so that the
// others run meanwhile.
func startOrder(checks []Check) []int {
	order := make([]int, len(checks))
	for i := range order {
		order[i] = i
	}
	waits := func(i int) int {
		if slices.Contains(checks[i].Needs, targets.ShortLifetime) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(order, func(a, b int) int { return waits(a) - waits(b) })
	return order
}

func judge(ctx context.Context, c Check, p *Probe) results.Finding {
	var o Outcome
	absence := results.NotApplicable
	switch lack := lacks(c, p.Instance().Target); {
	case lack != "":
		o = NotApplicable(lack)
	case ctx.Err() != nil:
		o = Outcome{Verdict: results.None, Reason: "the run ended before"}
		absence = results.NotRun
	default:
		o = run(ctx, c, p)
		if c.Profile != "" && (o.Verdict == results.Fail || o.Verdict == results.Inconclusive) && !p.claims(ctx, c) {
			o.Reason = fmt.Sprintf("not claimed: the target doesn't declare %s, and its tokens don't say so%s", c.Profile, because(o.Reason))
			o.Verdict = results.None
		}
	}
	o = p.session.text(o)
	if o.Verdict != results.None {
		absence = ""
	}
	return results.Finding{
		Check:        c.ID,
		Title:        c.Title,
		Target:       p.Instance().Target.Name,
		Requirements: []results.Requirement{c.Requirement},
		Verdict:      o.Verdict,
		Reason:       o.Reason,
		Absence:      absence,
		Expected:     o.Expected,
		Observed:     o.Observed,
		Evidence:     p.evidence(),
	}
}

// claims reports whether a server is held to a check's profile: because the target
// declares it, the check was chosen, or all of its tokens say that they follow it.
func (p *Probe) claims(ctx context.Context, c Check) bool {
	if p.Instance().Target.Lacks([]targets.Capability{c.Profile}) == "" || slices.Contains(p.session.chosen, c.ID) {
		return true
	}
	said, err := shared(p, "profile", func(p *Probe) (bool, error) {
		for _, form := range p.JWTForms() {
			_, parsed, err := p.JWT(ctx, form)
			if typ, _ := parsed.Header["typ"].(string); err != nil || strings.TrimPrefix(strings.ToLower(typ), "application/") != "at+jwt" {
				return false, err
			}
		}
		return true, nil
	})
	return said && err == nil
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return "; " + reason
}

// run turns a panic into the verdict that blames this program and not the target.
func run(ctx context.Context, c Check, p *Probe) (o Outcome) {
	defer func() {
		if cause := recover(); cause != nil {
			o = Outcome{Verdict: results.Error, Reason: fmt.Sprintf("the check panicked: %v", cause)}
		}
	}()
	return c.Run(ctx, p)
}

func (p *Probe) evidence() []string {
	var out []string
	for i, x := range p.distinct() {
		if i == maxEvidence {
			return append(out, fmt.Sprintf("and %d more exchanges", len(p.distinct())-i))
		}
		out = append(out, x.evidence)
	}
	return out
}

// distinct is the check's exchanges without those that it met twice, which are shared
// ones.
func (p *Probe) distinct() []*Exchange {
	var out []*Exchange
	for _, x := range p.exchanges {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// lacks says in words what the target would need for the check to apply, or "".
func lacks(c Check, t targets.Target) string {
	if capability := t.Lacks(c.Needs); capability != "" {
		return fmt.Sprintf("the target does not declare %s", capability)
	}
	jwt := func(form string) bool { return form != targets.Opaque }
	if c.NeedsJWT && !slices.ContainsFunc(t.Forms(), jwt) {
		return "the target does not declare that it issues a self-contained token"
	}
	return ""
}
