package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

const (
	// freshTokens is the share of the tokens that are presented for the first time in the
	// outage, of those that were before.
	freshTokens = 0.4
	// freshShare is how many arrivals of an outage present one of them.
	freshShare = 0.3
	// outageBad is the share of arrivals that present a bad token. It is larger than in
	// other steps, for an outage is short and the worst time to let one in.
	outageBad = 0.1
	// settled is how long before the outage a token must have been presented to count as
	// known: its answer has come by then.
	settled = 300 * time.Millisecond
	// begins is how long after its time an outage holds, on a machine that isn't busy.
	begins = 50 * time.Millisecond
)

// knownBy is how many tokens, at most so many, can be presented before the outage, each with
// what is bad about some of them, so that all are known by then.
func knownBy(due []time.Duration, from time.Duration, most int) (int, error) {
	early := 0
	for _, at := range due {
		if at < from-settled {
			early++
		}
	}
	n := min(most, (early-staleTokens)*4/5-1) // each fourth one more, and those that have expired
	if n < 1 {
		return 0, fmt.Errorf("%d requests are due before the outage, too few to present tokens that are known by then: raise --rate or --duration", early)
	}
	return n, nil
}

// presentedInOutage makes the requests: each good token has one, each fourth one more with
// the token spoiled, and so has each that has expired.
func presentedInOutage(ctx context.Context, old *stale, step results.Step, site scenarios.Site, known int) (out Traffic, parts outageParts, err error) {
	form := step.Axis("form").Value
	fresh := max(1, int(float64(known)*freshTokens))
	tokens, err := Obtain(ctx, site.Instance, site.Instance.ClientsFor(form, false), form, known+fresh+warmConnections)
	if err != nil {
		return out, parts, err
	}
	if err := distinct(tokens); err != nil {
		return out, parts, err
	}
	expired, err := old.expired(ctx, site.Instance, form)
	if err != nil {
		return out, parts, err
	}
	url := site.Instance.Verifier + "/" + step.Axis("strategy").Value + "/resource"
	shown, mute := quotable(tokens), false
	add := func(list *[]int, t Token, right Answer, about string) {
		*list = append(*list, len(out.Requests))
		out.Requests = append(out.Requests, present(url, t, right, about, shown, &mute))
	}
	for i, t := range tokens {
		if err := outlives(t, time.Now(), giveUp(time.Duration(step.Load.Duration))); err != nil {
			return out, parts, err
		}
		good, bad, when := &parts.known, &parts.badKnown, ""
		switch {
		case i < warmConnections:
			out.Warm = append(out.Warm, present(url, t, Allow, "a good token of client "+t.Client.ID, shown, &mute))
			continue
		case i >= warmConnections+known:
			good, bad, when = &parts.fresh, &parts.badFresh, " that was first presented in the outage"
		}
		add(good, t, Allow, "a good token of client "+t.Client.ID+when)
		if i%4 == 0 {
			add(bad, spoiled(t), Deny, "a token that was spoiled"+when)
		}
	}
	for _, t := range expired {
		add(&parts.badKnown, t, Deny, "a token that was expired")
	}
	out.Caveats = func() (all []results.Warning) {
		if known < step.Load.Tokens {
			all = append(all, results.Warning{Code: "tokens-fewer", Text: fmt.Sprintf("%d of %d tokens are presented before the outage, for no more requests are due by then: raise --rate or --duration for all",
				known, step.Load.Tokens)})
		}
		if mute {
			all = append(all, claimsUnknown)
		}
		return all
	}
	return out, parts, nil
}

// order says which request each arrival sends. Before the outage all that is to be known
// by then is presented once, then at random; fresh tokens come in the outage, and stay.
func (p outageParts) order(due []time.Duration, from time.Duration, seed uint64) []uint32 {
	random := rand.New(rand.NewPCG(seed, 0x0a7))
	first := append(append([]int{}, p.known...), p.badKnown...)
	random.Shuffle(len(first), func(i, j int) { first[i], first[j] = first[j], first[i] })
	any := func(list []int) int { return list[random.IntN(len(list))] }
	order := make([]uint32, len(due))
	for i, at := range due {
		fresh := at >= from+begins && random.Float64() < freshShare
		bad := random.Float64() < outageBad
		var request int
		switch {
		case i < len(first):
			request = first[i]
		case bad && fresh && len(p.badFresh) > 0:
			request = any(p.badFresh)
		case bad && len(p.badKnown) > 0:
			request = any(p.badKnown)
		case fresh:
			request = any(p.fresh)
		default:
			request = any(p.known)
		}
		order[i] = uint32(request)
	}
	return order
}
