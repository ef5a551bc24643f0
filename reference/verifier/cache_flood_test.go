package verifier

import (
	"context"
	"maps"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// floodSize is how many made-up tokens the test of a strategy can bear. A request to
// the issuer, even one in this process, would make a million take a minute: the million has
// its answers without one, and the others fewer tokens.
func floodSize(c string) int {
	const few, many = 20_000, 1_000_000
	if info, ok := debug.ReadBuildInfo(); testing.Short() || ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return few // the race detector's own memory grows with what it watches
	}
	if c == IntrospectCached {
		return many
	}
	return few
}

// floodable has introspect-cached told of made-up tokens without a request.
func (w *cachingWorld) floodable() {
	s, ok := w.strategy.(*introspectCached)
	if !ok {
		return
	}
	ask := s.asking
	s.asking = func(ctx context.Context, key tokenHash, token string) (answer, error) {
		if strings.HasPrefix(token, "opaque-") {
			return ask(ctx, key, token)
		}
		s.cache.put(key, answer{}, s.now())
		return answer{}, nil
	}
}

// A flood of made-up tokens takes a bounded amount of memory, and the tokens that are in
// use are remembered as well as before: by at most 2 points less. There are more of those
// than are remembered, so that each place that they lose would show. The test runs alone,
// for memory is counted for the whole process.
func TestCacheFlood(t *testing.T) {
	const (
		entries = 2000
		good    = 4000
		uses    = 10_000
		mostMiB = 8 // 2 KiB for each entry, and what else changes in the process
	)
	for _, name := range slices.Sorted(maps.Keys(cachings)) {
		t.Run(name, func(t *testing.T) {
			c := cachings[name]
			w := c.world(t, func(c *Config) { c.Cache.Entries = entries })
			w.floodable()
			tokens := w.several(t, good)
			zipf := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.1, 1, good-1)
			use := func() (ratio float64) {
				hits := w.verifier.Counters().CacheHits
				for range uses {
					wantReason(t, w.judge(t, tokens[zipf.Uint64()]), "")
				}
				return float64(w.verifier.Counters().CacheHits-hits) / uses
			}
			use()
			before, settled := use(), heapMiB()

			started, flood := time.Now(), floodSize(name)
			var during, grown float64
			const rounds = 4
			for round := range rounds {
				var group sync.WaitGroup
				for worker := range 2 {
					group.Go(func() {
						for n := range flood / rounds / 2 {
							if w.judge(t, madeUp((round*2+worker)*flood+n)) == nil {
								t.Error("a made-up token was accepted")
							}
						}
					})
				}
				during += use() / rounds
				group.Wait()
				grown = max(grown, heapMiB()-settled)
			}
			t.Logf("%d made-up tokens in %.1f s: the hit ratio was %.2f %% before, %.2f %% during; the heap grew by %.1f MiB",
				flood, time.Since(started).Seconds(), 100*before, 100*during, grown)
			if during < before-0.02 {
				t.Errorf("the hit ratio fell from %.2f %% to %.2f %%", 100*before, 100*during)
			}
			if before < 0.5 {
				t.Errorf("the hit ratio was %.2f %% without a flood: the test shows nothing", 100*before)
			}
			if grown > mostMiB {
				t.Errorf("the heap grew by %.1f MiB", grown)
			}
			if sizes, _ := w.memories(); sizes[0]+sizes[1] > entries {
				t.Errorf("%d and %d entries of %d", sizes[0], sizes[1], entries)
			}
		})
	}
}

func heapMiB() float64 {
	runtime.GC()
	runtime.GC() // what the first one finalized
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}
