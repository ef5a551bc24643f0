package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// When tokens are revoked, from the start of the load.
const (
	revokeFrom = 400 * time.Millisecond // they are in use until then, and remembered
	revokeFor  = 600 * time.Millisecond // within which each is revoked at a time that is drawn
	probedOn   = 500 * time.Millisecond // after the last one must have ended
)

// onItsWay is what an event or a list may take from the issuer, where both are on this
// machine and the issuer answers: no specification has a number. It takes milliseconds, and
// what takes longer than this isn't on its way.
const onItsWay = time.Second

// marks is how many tokens are revoked in a step: each is asked about 20 times a second.
func marks(rate float64) int { return int(math.Round(min(max(focusShare*rate/20, 2), 12))) }

// revoking is a step in which tokens are revoked.
type revoking struct {
	url             string // of the protected resource
	good            []Token
	marked          []Token // which are revoked
	brief           bool    // they expire within the step
	revoke          func(context.Context, Token) error
	declared, bound verifier.Staleness // under the run's configuration, and under that of the step
	duration        time.Duration      // of the load
	from, over      time.Duration      // tokens are revoked from then on, over that time
	way             time.Duration      // of an event or a list from the issuer
	seed            uint64
	now             func() time.Time
	wait            func(ctx context.Context, until time.Time)
}

// traffic lays out n arrivals.
func (s revoking) traffic(n int) (out Traffic, err error) {
	all := slices.Concat(s.good, s.marked)
	if err := distinct(all); err != nil {
		return out, err
	}
	mute, shown := false, quotable(all)
	for i, t := range s.good {
		if err := outlives(t, s.now(), giveUp(s.duration)); err != nil {
			return out, err
		}
		r := present(s.url, t, Allow, "a good token of client "+t.Client.ID, shown, &mute)
		if i < warmConnections {
			out.Warm = append(out.Warm, r)
			continue
		}
		out.Requests = append(out.Requests, r)
		if i%4 == 0 {
			out.Requests = append(out.Requests, present(s.url, spoiled(t), Deny, "a token that was spoiled", shown, &mute))
		}
	}
	found := &tally{revoking: s, first: len(out.Requests), marks: make([]mark, len(s.marked))}
	var focus []int
	for i, t := range s.marked {
		m := &found.marks[i]
		if _, m.exp, err = times(t); err != nil {
			return out, err
		}
		focus = append(focus, len(out.Requests))
		out.Requests = append(out.Requests, present(s.url, t, Allow, "a token of client "+t.Client.ID+" that was revoked", shown, &mute))
	}
	out.Order, out.Events = Focus(out.Requests, focus, n, s.seed), s.events(focus, found.marks)
	out.Observe, out.Figures, out.Caveats, out.Doubt, out.Untimed = found.observe, found.figures, found.caveats, found.doubt, true
	return out, nil
}

// events revoke each token at a time of its own. What is right afterwards is as the strategy
// declares: within its bound either.
func (s revoking) events(focus []int, marks []mark) (out []Event) {
	random := rand.New(rand.NewPCG(s.seed, 0x7009))
	if s.brief {
		out = append(out, Event{Name: "expect the end of tokens that live for seconds", Do: func(context.Context) error { return nil }, Changes: focus, Then: Either})
	}
	for i, t := range s.marked {
		e := Event{Name: "revoke a token", At: s.from + time.Duration(random.Float64()*float64(s.over)), Changes: focus[i : i+1], Then: Deny, Within: s.within(),
			Do: func(ctx context.Context) error {
				err := s.revoke(ctx, t)
				if err == nil {
					marks[i].revoked = s.now()
				}
				return err
			}}
		if s.bound.End == verifier.EndExpiry || s.bound.Stated {
			e.Then = Either // for how long, nobody but exp or the issuer says
		}
		out = append(out, e)
	}
	if s.brief {
		last := slices.MaxFunc(marks, func(a, b mark) int { return a.exp.Compare(b.exp) }).exp.Add(s.bound.Leeway)
		out = append(out, Event{Name: "wait until the revoked tokens have expired", At: s.from + s.over, Changes: focus, Then: Deny,
			Do: func(ctx context.Context) error {
				s.wait(ctx, last)
				return ctx.Err()
			}})
	}
	return out
}

// within is for how long after its revocation a token may be let in at the most. Where the
// resource server hears of it, a server that stands still for a moment can't be told from
// late news, so that no single answer is judged by the time that news usually takes: the
// figures are.
func (s revoking) within() time.Duration {
	if s.travels() {
		return s.bound.Bound + s.bound.Grace + s.way
	}
	return s.bound.Bound
}

// travels reports whether the resource server hears of revocations.
func (s revoking) travels() bool {
	return s.bound.End == verifier.EndEvent || s.bound.End == verifier.EndDenylist
}

// arrivals is for how many arrivals the step needs an order.
func arrivals(step results.Step, seed uint64) (int, error) {
	schedule, err := NewSchedule(step.Load.Arrivals, step.Load.Rate, time.Duration(step.Load.Duration), seed)
	return schedule.arrivals(), err
}

// times are the iat and the exp of a JWT. Of another token the first isn't known, and the
// second is what the issuer said, or nothing.
func times(t Token) (issued, expires time.Time, err error) {
	raw, err := forge.Read(t.Value, forge.Payload)
	if err != nil {
		return time.Time{}, t.Expires, nil
	}
	var said struct {
		IssuedAt float64 `json:"iat"`
		Expires  float64 `json:"exp"`
	}
	if err := json.Unmarshal(raw, &said); err != nil || said.Expires <= 0 {
		return time.Time{}, time.Time{}, errors.New("a token has no exp that is a number")
	}
	if said.IssuedAt > 0 {
		issued = time.UnixMilli(int64(1000 * said.IssuedAt))
	}
	return issued, time.UnixMilli(int64(1000 * said.Expires)), nil
}

// revokeAt returns what revokes a token at the instance's endpoint (RFC 7009, section 2.1),
// as the client that it was issued to.
func revokeAt(inst *targets.Instance) func(context.Context, Token) error {
	client := targets.NewHTTPClient(requestTimeout, 1)
	return func(ctx context.Context, t Token) error {
		req, err := t.Client.Post(ctx, inst.Endpoints[targets.RevocationEndpoint], url.Values{"token": {t.Value}, "token_type_hint": {"access_token"}})
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return targets.Unanswered(err)
		}
		defer resp.Body.Close()
		// Section 2.2: 200 says that the token is revoked, or invalid already.
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("the issuer answered %d", resp.StatusCode)
		}
		return nil
	}
}
