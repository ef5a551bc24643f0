//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/load"
)

// A server of a known latency law is the truth that the load generator is held to: a
// percentile that passes must be what users of the server waited in an open model, where
// nobody waits for anybody. That is how long the server held each answer, as it says
// itself, and what the way there and back takes: the median of a server that holds none,
// and up to twice that where the processors have gone to sleep meanwhile.

// law is how long the server holds an answer.
type law struct {
	name string
	take func(r *rand.Rand, since time.Duration) time.Duration
}

const ms = time.Millisecond

var laws = []law{
	{"nothing", func(*rand.Rand, time.Duration) time.Duration { return 0 }},
	{"constant-2ms", func(*rand.Rand, time.Duration) time.Duration { return 2 * ms }},
	{"constant-20ms", func(*rand.Rand, time.Duration) time.Duration { return 20 * ms }},
	{"constant-150ms", func(*rand.Rand, time.Duration) time.Duration { return 150 * ms }},
	{"bimodal", func(r *rand.Rand, _ time.Duration) time.Duration {
		if r.Float64() < 0.05 {
			return 50 * ms
		}
		return 5 * ms
	}},
	{"exponential-10ms", func(r *rand.Rand, _ time.Duration) time.Duration {
		return time.Duration(r.ExpFloat64() * float64(10*ms))
	}},
	{"log-normal-5ms", func(r *rand.Rand, _ time.Duration) time.Duration {
		return time.Duration(float64(5*ms) * math.Exp(0.5*r.NormFloat64()))
	}},
	{"stall", func(_ *rand.Rand, since time.Duration) time.Duration {
		if at := since % time.Second; at < 100*ms {
			return 100*ms - at + 3*ms
		}
		return 3 * ms
	}},
}

const serveLaw = "serve-law"

// lawServer answers by the law of the name.
func lawServer(_ context.Context, name string) (http.Handler, error) {
	i := slices.IndexFunc(laws, func(l law) bool { return l.name == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no law %q", name)
	}
	var mu sync.Mutex
	r, began, held := rand.New(rand.NewPCG(3, 4)), time.Now(), results.NewHistogram()
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		arrived := time.Now()
		mu.Lock()
		d := laws[i].take(r, arrived.Sub(began))
		mu.Unlock()
		time.Sleep(d - time.Since(arrived))
		_, _ = io.WriteString(w, answer)
		mu.Lock()
		defer mu.Unlock()
		results.Record(held, time.Since(arrived))
	})
	// What was held since this was last asked.
	mux.HandleFunc("/held", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_ = json.NewEncoder(w).Encode(results.EncodeHistogram(held))
		held.Reset()
	})
	return mux, nil
}

// heldBy asks a law's server how long it held its answers.
func heldBy(ctx context.Context, url string) (h results.Histogram, err error) {
	r, err := http.NewRequest(http.MethodGet, url+"/held", nil)
	if err != nil {
		return h, err
	}
	text, err := fetch(ctx, r)
	if err != nil {
		return h, err
	}
	return h, json.Unmarshal([]byte(text), &h)
}

// trial is a load that is put on the server of a law.
type trial struct {
	arrivals results.Arrivals
	rate     float64
	workers  int     // 0 for as many as need be
	trouble  trouble // what happens to the generator meanwhile
}

var trials = []trial{
	{results.Constant, 200, 0, none}, {results.Poisson, 200, 0, none}, {results.Constant, 2000, 0, none}, {results.Poisson, 2000, 0, none}, {results.Poisson, 10_000, 0, none},
	{results.Poisson, 500, 8, none},
	{results.Constant, 200, 0, stopped50}, {results.Poisson, 2000, 0, stopped50}, {results.Poisson, 2000, 0, stopped500}, {results.Poisson, 2000, 0, neighbours},
}

func lawBounds() []bound {
	return []bound{{name: "laws/wrong-passes", what: "steps against servers of a known law that pass with a percentile beyond 2, 5 or 10 % of the law's own; the table is above", atMost: true,
		measure: func(ctx context.Context, _ string) (float64, error) { return tryLaws(ctx, os.Stdout) }}}
}

// tryLaws tries every law, prints the truth beside what was measured, and counts the
// steps that passed with a wrong percentile.
func tryLaws(ctx context.Context, out io.Writer) (wrong float64, err error) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	fmt.Fprintln(w, "law\tarrivals\trate\tworkers\ttrouble\tin use\tp50\ttruth\tp99\ttruth\tp99.9\ttruth\tverdict\t")
	ways := map[trial]load.Measurement{} // there and back: what the server of nothing showed
	for _, l := range laws {
		server, err := startSelf(ctx, serveLaw, l.name)
		if err != nil {
			return wrong, err
		}
		defer server.stop()
		for _, t := range trials {
			m, v, err := t.drive(ctx, server.url, func() { _, _ = heldBy(ctx, server.url) }) // and forget what was held before
			if err != nil {
				return wrong, err
			}
			held, err := heldBy(ctx, server.url)
			if err != nil {
				return wrong, err
			}
			calm := t
			calm.trouble = none
			if l.name == "nothing" && t == calm {
				ways[t] = m
			}
			way := ways[calm].Response
			row, off := fmt.Sprintf("%s\t%s\t%g\t%d\t%s\t%.0f %%", l.name, t.arrivals, t.rate, t.workers, t.trouble, 100*m.InUse), false
			for _, q := range []struct {
				q, within float64
				held      int64
			}{{0.5, 0.02, held.P50}, {0.99, 0.05, held.P99}, {0.999, 0.10, held.P999}} {
				got, want := float64(m.Response.ValueAtQuantile(100*q.q)), float64(q.held+way.ValueAtQuantile(50))
				most := max(want+float64(way.ValueAtQuantile(50)), float64(q.held+way.ValueAtQuantile(100*q.q)))
				mark := ""
				if results.Resolves(m.Response.TotalCount(), q.q) && (got < float64(q.held)*(1-q.within) || got > most*(1+q.within)) {
					mark, off = "!", true
				}
				row += fmt.Sprintf("\t%.3g%s\t%.3g", got/1e6, mark, want/1e6)
			}
			answer := v.String()
			// Of a server that does nothing the way is all there is, and no truth of its own.
			if off && v == results.Pass && l.name != "nothing" {
				answer += " WRONG"
				wrong++
			}
			fmt.Fprintf(w, "%s\t%s\t\n", row, answer)
		}
	}
	fmt.Fprintln(w, "Times are in ms; truth: what the server held, and the way there and back; ! is beyond 2, 5 or 10 % of it, with a way from none to twice its median, or to the same percentile of the server of nothing, which every run shows as its floor.")
	return wrong, nil
}

func (t trial) drive(ctx context.Context, url string, begin func()) (load.Measurement, results.Verdict, error) {
	s, err := load.NewSchedule(t.arrivals, t.rate, 3*time.Second, 1)
	if err != nil {
		return load.Measurement{}, results.Error, err
	}
	workers := t.workers
	if workers == 0 {
		workers, _ = load.MostInFlight()
	}
	request := judgedRequest(url)
	end, err := t.trouble.make()
	if err != nil {
		return load.Measurement{}, results.Error, err
	}
	defer end()
	m, err := load.Drive(ctx, load.Load{Traffic: load.Traffic{Requests: []load.Request{request}, Order: []uint32{0}, Warm: []load.Request{request}},
		Schedule: s, Workers: workers, Timeout: 30 * time.Second, Begin: begin})
	if err != nil {
		return m, results.Error, err
	}
	v, _, _, _ := load.Judge(m, s, false)
	return m, v, nil
}
