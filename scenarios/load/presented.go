package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// presented is the traffic of tokens that a protected resource gets: good ones, fresh so
// that no cache knows them from another repetition, and the bad ones of the mix.
func (s *stale) presented(ctx context.Context, step results.Step, site scenarios.Site) (Traffic, error) {
	p, err := newPresenting(s, step, site)
	if err != nil {
		return Traffic{}, err
	}
	if err := p.arrange(ctx); err != nil {
		return Traffic{}, err
	}
	out, err := p.traffic(ctx)
	out.Instance, out.End = p.arranged, p.end
	if err != nil && p.end != nil {
		err = errors.Join(err, endWithin(ctx, p.end))
	}
	return out, err
}

// traffic makes the requests of each outcome.
func (p *presenting) traffic(ctx context.Context) (out Traffic, err error) {
	p.tokens, err = Obtain(ctx, p.inst, p.inst.ClientsFor(p.form, false), p.form, p.step.Load.Tokens+warmConnections)
	if err == nil {
		err = distinct(p.tokens)
	}
	if err != nil {
		return out, err
	}
	p.shown = quotable(p.tokens)
	for _, t := range p.tokens {
		if err := outlives(t, time.Now(), giveUp(time.Duration(p.step.Load.Duration))); err != nil {
			return out, err
		}
	}
	for _, t := range p.tokens[:warmConnections] {
		out.Warm = append(out.Warm, p.present(t, Valid, p.url(""), Allow))
	}
	p.tokens = p.tokens[warmConnections:]
	var left []results.Warning
	all := map[string][]Request{}
	// Tokens are revoked first: a list of revocations is downloaded with the first token that
	// the resource server sees.
	first := slices.Clone(p.mix)
	slices.SortStableFunc(first, func(a, b Part) int { return rank(a) - rank(b) })
	for _, part := range first {
		made, not, err := p.make(ctx, part.Outcome)
		switch {
		case ctx.Err() != nil:
			return out, ctx.Err()
		case err != nil && (!p.asked || part.Outcome == Valid):
			return out, err
		case err != nil:
			out.Lacks = append(out.Lacks, part.Outcome+": "+err.Error())
		case not != "" && p.asked:
			left = append(left, results.Warning{Code: "outcome-left-out", Text: part.Outcome + " doesn't apply: " + not})
		}
		all[part.Outcome] = made
	}
	for _, part := range p.mix {
		out.Requests = append(out.Requests, all[part.Outcome]...)
	}
	ttl, caches := remembers(p.strategy.Name, p.inst.Cache)
	out.Caveats = func() []results.Warning {
		all := left
		if p.mute {
			all = append(all, claimsUnknown)
		}
		if caches {
			all = append(all, filling(*p.step.Load, p.inst.Cache.Entries)...)
		}
		return all
	}
	out.Mix = p.mix
	if caches && p.step.Load.Warm == results.Steady {
		out.Prime = steady(out.Requests, shares(len(p.tokens), *p.step.Load, p.trace), *p.step.Load, ttl, time.Duration(p.inst.Cache.NegativeTTL), p.seed)
	}
	return out, nil
}

// claimsUnknown is the caveat of a step whose answers didn't tell whose the tokens are.
var claimsUnknown = results.Warning{Code: "claims-unknown", Text: "the resource server told neither client nor scope of a good token, as when introspection leaves them out: " +
	"whether it took the token for another's isn't known"}

func rank(p Part) int {
	if p.Outcome == Revoked {
		return 0
	}
	return 1
}

// outlives refuses a token that expires before the step is over: it would rightly be
// refused then, and be counted as wrongly refused.
func outlives(t Token, now time.Time, d time.Duration) error {
	if left := t.Expires.Sub(now); !t.Expires.IsZero() && left < d {
		return fmt.Errorf("the tokens of client %s live for %v more, the step may take %v: lower --duration, or let the server issue tokens that live longer",
			t.Client.ID, left.Round(time.Second), d)
	}
	return nil
}

// present makes the request for a protected resource with the token. Mute is set by an
// answer that doesn't tell whose token it was.
func present(url string, t Token, right Answer, about string, shown func(string) string, mute *bool) Request {
	return Request{
		URL: url, Header: http.Header{"Authorization": {"Bearer " + t.Value}}, About: about, Right: right,
		Read: func(status int, body []byte) (Answer, string) {
			if status == http.StatusOK {
				if right == Deny {
					return Allow, "" // whosever it was taken for
				}
				return Allow, misread(t, body, shown, mute)
			}
			denial := verifier.ReadDenial(body)
			switch status {
			case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
				if right == Allow && denial.Ours() { // nobody's fault but our verifier's
					return Unjudged, denial.Reason
				}
				return Deny, denial.Reason
			}
			return Unjudged, denial.Reason
		},
	}
}

// misread says what the resource server took the token for by mistake. What it says
// nothing of isn't wrong: an introspection may leave out client and scope (RFC 7662,
// section 2.2), and then it can't know them.
func misread(t Token, body []byte, shown func(string) string, mute *bool) string {
	var got struct {
		ClientID string `json:"client_id"`
		Scope    string `json:"scope"`
	}
	if err := json.Unmarshal(body, &got); err != nil {
		return fmt.Sprintf("a good token was answered with 200 and no JSON object (%d bytes)", len(body))
	}
	*mute = *mute || got.ClientID == "" && got.Scope == ""
	if got.ClientID != "" && got.ClientID != t.Client.ID {
		return fmt.Sprintf("a token of client %q was taken for one of %s", t.Client.ID, shown(got.ClientID))
	}
	if known := t.Scope != "" || t.ScopeKnown; known && got.Scope != "" && !sameScope(got.Scope, t.Scope) {
		return fmt.Sprintf("a token with scope %q was taken for one with %s", t.Scope, shown(got.Scope))
	}
	return ""
}

// quotable returns a function that quotes what a server said only where it is what one
// of the tokens has: a server may put a token or a secret anywhere, and the text goes
// into the record.
func quotable(tokens []Token) func(string) string {
	known := map[string]bool{"": true}
	for _, t := range tokens {
		known[t.Client.ID], known[t.Scope] = true, true
	}
	return func(said string) string {
		if known[said] {
			return strconv.Quote(said)
		}
		return fmt.Sprintf("something else, %d characters long", len([]rune(said)))
	}
}

// sameScope compares two scopes. RFC 6749, section 3.3: the order of the values
// doesn't matter.
func sameScope(a, b string) bool {
	x, y := strings.Split(a, " "), strings.Split(b, " ")
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}
