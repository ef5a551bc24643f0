package load

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// goodAndBad are requests of which every fifth must be refused.
func goodAndBad(n int) (out []Request) {
	for i := range n {
		r := Request{Right: Allow}
		if i%5 == 4 {
			r.Right = Deny
		}
		out = append(out, r)
	}
	return out
}

// By Zipf's law the k-th token comes as often as 1/k to the exponent.
func TestReuse(t *testing.T) {
	t.Parallel()
	requests := goodAndBad(25)
	for _, reuse := range []float64{0, 0.5, 1, 2} {
		load := results.Offered{Reuse: reuse}
		all := drawnBy(requests, 200_000, load, scenarios.Site{Seed: 3})
		counts, bad := map[uint32]float64{}, 0.0
		for _, i := range all {
			counts[i]++
			if requests[i].Right == Deny {
				bad++
			}
		}
		if share := bad / float64(len(all)); math.Abs(share-badShare) > 0.003 {
			t.Errorf("reuse %g: %.3f of all must be refused", reuse, share)
		}
		of := shares(20, load, nil)
		k := 0
		for i, r := range requests {
			if r.Right == Deny {
				continue
			}
			want := float64(len(all)) * (1 - badShare) * of[k]
			if k++; math.Abs(counts[uint32(i)]-want) > 6*math.Sqrt(want) {
				t.Errorf("reuse %g: token %d came %g times, want about %.0f", reuse, k, counts[uint32(i)], want)
			}
		}
		if first := math.Pow(2, reuse); math.Abs(of[0]/of[1]-first) > 1e-9 {
			t.Errorf("reuse %g: the first comes %g times as often as the second, want %g", reuse, of[0]/of[1], first)
		}
		if !slices.Equal(all, drawnBy(requests, 200_000, load, scenarios.Site{Seed: 3})) || slices.Equal(all, drawnBy(requests, 200_000, load, scenarios.Site{Seed: 4})) {
			t.Errorf("reuse %g: the seed doesn't fix the order", reuse)
		}
	}
}

// A trace has its times and its tokens; a few arrivals present one that must be refused.
func TestReplay(t *testing.T) {
	t.Parallel()
	trace := &scenarios.Trace{Name: "x", Count: 3}
	for i := range 5000 {
		trace.Due = append(trace.Due, time.Duration(i*i)*time.Microsecond)
		trace.Tokens = append(trace.Tokens, uint32(i%3))
	}
	o := scenarios.Options{Trace: trace, Profile: scenarios.Profiles()[0]}
	load := offers(o)
	if len(load) != 1 || load[0].Arrivals != results.Replayed || load[0].Tokens != 3 || time.Duration(load[0].Duration) != trace.Lasts() {
		t.Fatalf("%+v", load)
	}
	site := scenarios.Site{Seed: 1, Trace: trace}
	s, err := scheduleOf(load[0], site)
	if err != nil || !s.Open() || !slices.Equal(s.due, trace.Due) {
		t.Fatalf("%v, %v", s, err)
	}
	requests := goodAndBad(4) // one good token fewer than the trace has, and then all of them
	requests = append(requests, Request{Right: Deny})
	good, bad := 0, 0
	for i, index := range drawnBy(requests, s.arrivals(), load[0], site) {
		if requests[index].Right == Deny {
			bad++
		} else if good++; index != trace.Tokens[i]%4 {
			t.Fatalf("arrival %d presents token %d, want %d", i, index, trace.Tokens[i])
		}
	}
	if good < 4700 || bad < 50 {
		t.Errorf("%d good and %d bad ones", good, bad)
	}
	if _, err := scheduleOf(load[0], scenarios.Site{}); err == nil {
		t.Error("a trace that isn't there was replayed")
	}
}

// Each rate with each population and each reuse, and no two steps of one name.
func TestOffers(t *testing.T) {
	t.Parallel()
	o := scenarios.Options{Rates: []float64{100, 200}, Reuse: []float64{0, 1}, Tokens: []int{10, 20, 30}, Profile: scenarios.Profiles()[0]}
	names := map[string]bool{}
	all := offers(o)
	for _, load := range all {
		names[among(load, o)] = true
	}
	if len(all) != 12 || len(names) != 12 || !names["@200@30tokens@reuse1"] {
		t.Errorf("%d loads, %d names: %v", len(all), len(names), names)
	}
	o.Profile.Load.Arrivals = results.Closed
	if all = offers(o); len(all) != 6 || all[0].Rate != 0 {
		t.Errorf("closed: %+v", all)
	}
}

// A simulated cache that was primed misses from the first moment on as often as one that
// has been in use for long: by renewal theory once in ttl + 1/rate for each token. The
// time to live is shorter than the step, or longer.
func TestPrimedIsSteady(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	const step = 2 * time.Second
	for _, rate := range []float64{0.2, 4, 50} {
		for _, ttl := range []time.Duration{50 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second, 5 * time.Second, time.Minute} {
			of, missed, early, n := renewal{rate, ttl}, 0.0, 0.0, 40_000
			for range n {
				until := time.Duration(-1) // of the entry, from the start of the step
				if before, ok := of.primes(step, random); ok {
					if until = ttl - before; before > step {
						t.Fatalf("a step of %v waits for %v", step, before)
					}
				}
				for at := 0.0; ; {
					at += random.ExpFloat64() / rate
					now := time.Duration(at * float64(time.Second))
					if now >= step {
						break
					}
					if now >= until {
						until = now + ttl
						if missed++; now < step/2 {
							early++
						}
					}
				}
			}
			want := step.Seconds() / (ttl.Seconds() + 1/rate) * float64(n)
			if got := missed / want; math.Abs(got-1) > 0.02+3/math.Sqrt(want) {
				t.Errorf("%g/s remembered for %v: %.0f misses, want about %.0f (%.3f)", rate, ttl, missed, want, got)
			}
			if half := early / missed; ttl < step && math.Abs(half-0.5) > 0.02 {
				t.Errorf("%g/s remembered for %v: %.2f of the misses are in the first half of the step", rate, ttl, half)
			}
		}
	}
	if _, ok := (renewal{1, 0}).primes(step, random); !ok {
		t.Error("what is remembered for as long as it is good isn't primed")
	}
}

func drawnBy(requests []Request, n int, load results.Offered, site scenarios.Site) []uint32 {
	return draw(requests, n, badShare, site.Seed, lawOf(load, site))
}
