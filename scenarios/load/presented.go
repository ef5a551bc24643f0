package load

import (
	"context"
	"encoding/json"
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

// presented is the traffic of good tokens, fresh so that no cache knows them from another
// repetition, and of a few bad ones.
func (s *stale) presented(ctx context.Context, step results.Step, site scenarios.Site) (Traffic, error) {
	form := step.Axis("form").Value
	url := site.Instance.Verifier + "/" + step.Axis("strategy").Value + "/resource"
	tokens, err := Obtain(ctx, site.Instance, site.Instance.ClientsFor(form, false), form, step.Load.Tokens+warmConnections)
	if err != nil {
		return Traffic{}, err
	}
	if err := distinct(tokens); err != nil {
		return Traffic{}, err
	}
	old, err := s.expired(ctx, site.Instance, form)
	if err != nil {
		return Traffic{}, err
	}
	mute := false // an answer told neither client nor scope; known after the load
	ttl, caches := remembers(step.Axis("strategy").Value, site.Instance.Cache)
	out := Traffic{Caveats: func() (all []results.Warning) {
		if mute {
			all = append(all, claimsUnknown)
		}
		if caches {
			all = append(all, filling(*step.Load, site.Instance.Cache.Entries)...)
		}
		return all
	}}
	shown := quotable(tokens)
	for i, t := range tokens {
		if err := outlives(t, time.Now(), giveUp(time.Duration(step.Load.Duration))); err != nil {
			return out, err
		}
		r := present(url, t, Allow, "a good token of client "+t.Client.ID, shown, &mute)
		if i < warmConnections {
			out.Warm = append(out.Warm, r)
			continue
		}
		out.Requests = append(out.Requests, r)
		if i%4 == 0 {
			out.Requests = append(out.Requests, present(url, spoiled(t), Deny, "a token that was spoiled", shown, &mute))
		}
	}
	for _, t := range old {
		out.Requests = append(out.Requests, present(url, t, Deny, "a token that was expired", shown, &mute))
	}
	if caches && step.Load.Warm == results.Steady {
		good := shares(len(tokens)-warmConnections, *step.Load, site.Trace)
		out.Prime = steady(out.Requests, good, *step.Load, ttl, time.Duration(site.Instance.Cache.NegativeTTL), site.Seed)
	}
	return out, nil
}

// claimsUnknown is the caveat of a step whose answers didn't tell whose the tokens are.
var claimsUnknown = results.Warning{Code: "claims-unknown", Text: "the resource server told neither client nor scope of a good token, as when introspection leaves them out: " +
	"whether it took the token for another's isn't known"}

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
