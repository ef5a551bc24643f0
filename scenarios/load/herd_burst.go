package load

import (
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// leastSpread is over how long the entries of one burst must end at the least: a part of
// the tenth of the TTL by which lifetimes may differ. That all of 16 tokens are together for
// less, by chance, happens once in 100,000 times.
const leastSpread = burstTTL / 25

// burst watches when the entries of n tokens end that were made at once.
type burst struct {
	asked
	n int
}

// event watches around the time at which the entries end. The burst was a moment before
// the clock started.
func (b *burst) event() Event { return b.asked.event(burstTTL*8/10, burstTTL*12/10) }

func (b *burst) figures(Measurement) []results.Figure {
	if len(b.seen) < 2 {
		return nil // and the event has failed
	}
	n := float64(b.n)
	out := []results.Figure{{Name: "tokens of the burst that the issuer was asked about again", Value: float64(b.all()), Worse: results.WorseDown, Limit: &n}}
	begun, ended := b.when(1), b.when(int64(b.n))
	if begun.IsZero() || ended.IsZero() {
		return out
	}
	least := leastSpread.Seconds()
	return append(out,
		results.Figure{Name: "time over which the entries of the burst ended", Unit: "s", Value: ended.Sub(begun).Seconds(), Worse: results.WorseDown, Limit: &least},
		results.Figure{Name: "most issuer calls within 20 ms", Value: float64(b.most(20 * time.Millisecond)), Worse: results.WorseUp})
}
