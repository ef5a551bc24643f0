package load

import (
	"context"
	"time"

	"github.com/oauthmark/oauthmark/targets"
)

// askedAbout is how often the resource server had asked the issuer about tokens by a time.
type askedAbout struct {
	at    time.Time
	calls int64
}

// asked reads the resource server's own counter of that, again and again.
type asked struct {
	inst  *targets.Instance
	every time.Duration
	seen  []askedAbout
}

// event reads it once at the start, and then from one time to another. Where the resource
// server doesn't tell, the step is inconclusive.
func (a *asked) event(from, to time.Duration) Event {
	return Event{Name: "read how often the resource server asks the issuer", Do: func(ctx context.Context) error {
		start := time.Now()
		read := func() error {
			now, err := counters(ctx, a.inst)
			if err == nil {
				a.seen = append(a.seen, askedAbout{time.Now(), now["introspections"]})
			}
			return err
		}
		if err := read(); err != nil {
			return err
		}
		sleep(from-time.Since(start), ctx.Done())
		for time.Since(start) < to && ctx.Err() == nil {
			if err := read(); err != nil && ctx.Err() == nil { // else the load is over
				return err
			}
			sleep(a.every, ctx.Done())
		}
		return nil
	}}
}

// all is how many calls were seen.
func (a *asked) all() int64 {
	if len(a.seen) == 0 {
		return 0
	}
	return a.seen[len(a.seen)-1].calls - a.seen[0].calls
}

// when is the time by which there were so many calls; zero where that wasn't seen.
func (a *asked) when(n int64) time.Time {
	for _, c := range a.seen {
		if c.calls-a.seen[0].calls >= n {
			return c.at
		}
	}
	return time.Time{}
}

// most is how many calls there were within the time, at the most.
func (a *asked) most(within time.Duration) (most int64) {
	from := 0
	for to := range a.seen {
		for from < to && a.seen[to].at.Sub(a.seen[from].at) > within {
			from++
		}
		most = max(most, a.seen[to].calls-a.seen[from].calls)
	}
	return most
}

// wave are calls that came together.
type wave struct {
	from, to time.Time // within which the first and the last of them were sent
	calls    int64
}

// waves groups the calls. Those that came no later than apart after the first of a wave
// belong to it.
func (a *asked) waves(apart time.Duration) (out []wave) {
	for i := 1; i < len(a.seen); i++ {
		before, now := a.seen[i-1], a.seen[i]
		if now.calls == before.calls {
			continue
		}
		if len(out) == 0 || now.at.Sub(out[len(out)-1].from) > apart {
			out = append(out, wave{from: before.at})
		}
		last := &out[len(out)-1]
		last.to, last.calls = now.at, last.calls+now.calls-before.calls
	}
	return out
}
