package load

import (
	"context"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// leastSpread is over how long the entries of one burst must end at the least: a part of
// the tenth of the TTL by which lifetimes may differ. That fewer than all of 16 tokens are
// spread so far by chance happens once in 100,000 times.
const leastSpread = burstTTL / 25

// pollEvery is how often the resource server is asked how often it asked the issuer.
const pollEvery = 5 * time.Millisecond

// burst watches when the entries of n tokens end that were made at once.
type burst struct {
	n     int
	inst  *targets.Instance
	calls []callsAt
}

// callsAt is how many calls to the issuer there had been by a time.
type callsAt struct {
	at    time.Time
	calls int64
}

// event reads the resource server's own counter, around the time at which entries end.
func (b *burst) event() Event {
	return Event{Name: "watch the entries of the burst end", Do: func(ctx context.Context) error {
		from := time.Now()
		poll := func() error {
			now, err := counters(ctx, b.inst.Verifier)
			if err == nil {
				b.calls = append(b.calls, callsAt{time.Now(), now["introspections"]})
			}
			return err
		}
		if err := poll(); err != nil {
			return err
		}
		// The burst was a moment before the clock started.
		sleep(burstTTL*8/10, ctx.Done())
		for time.Since(from) < burstTTL*12/10 && ctx.Err() == nil {
			if err := poll(); err != nil {
				return err
			}
			sleep(pollEvery, ctx.Done())
		}
		return ctx.Err()
	}}
}

func (b *burst) figures(Measurement) []results.Figure {
	if len(b.calls) < 2 {
		return nil // and the event has failed
	}
	first, last := b.calls[0], b.calls[len(b.calls)-1]
	all := float64(b.n)
	out := []results.Figure{{Name: "tokens of the burst that the issuer was asked about again", Value: float64(last.calls - first.calls), Worse: results.WorseDown, Limit: &all}}
	begun, ended := b.when(1), b.when(int64(b.n))
	if begun.IsZero() || ended.IsZero() {
		return out
	}
	least := leastSpread.Seconds()
	return append(out,
		results.Figure{Name: "time over which the entries of the burst ended", Unit: "s", Value: ended.Sub(begun).Seconds(), Worse: results.WorseDown, Limit: &least},
		results.Figure{Name: "most issuer calls within 20 ms", Value: float64(b.most(20 * time.Millisecond)), Worse: results.WorseUp})
}

// when is the time by which there were so many calls since the first reading.
func (b *burst) when(n int64) time.Time {
	for _, c := range b.calls[1:] {
		if c.calls-b.calls[0].calls >= n {
			return c.at
		}
	}
	return time.Time{}
}

// most is how many calls there were within the time, at the most.
func (b *burst) most(within time.Duration) (most int64) {
	from := 1
	for to := range b.calls {
		for from < to && b.calls[to].at.Sub(b.calls[from].at) > within {
			from++
		}
		if from < to {
			most = max(most, b.calls[to].calls-b.calls[from].calls)
		}
	}
	return most
}
