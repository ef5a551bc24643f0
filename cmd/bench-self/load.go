//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/load"
)

const (
	answer     = `{"client_id":"c","scope":"read"}`
	blocks     = 8    // of each side
	rate       = 2000 // requests per second, of the bound on CPU
	rateBlock  = time.Second
	peakBlock  = time.Second
	peakWorker = 16
)

func loadBounds() []bound {
	cpu := func(send traffic) figure { return each(ownCPU, send) }
	return []bound{
		{name: "load/cpu-at-capacity", what: "CPU per request of our load path, over a bare vegeta loop's", atMost: true, limit: 0.75,
			measure: compare(cpu, ours(results.Closed), barePeak)},
		// The bare loop waits as precisely as ours: vegeta's own pacer sends in bursts,
		// up to 1 ms late, and saves the processor a wake-up for it.
		{name: "load/cpu-at-rate", what: "CPU per request of our load path, over a bare vegeta loop's as punctual, at 2,000/s", atMost: true, limit: 0.75,
			measure: compare(cpu, ours(results.Constant), barePunctual)},
		{name: "load/peak", what: "closed-loop peak of our load path, over a bare vegeta loop's", limit: 1.3,
			measure: compare(perSecond, ours(results.Closed), barePeak)},
	}
}

// attack sends requests to a URL and returns how many were answered.
type attack func(ctx context.Context, url string) (requests int64, err error)

// compare attacks one server by turns.
func compare(of func(traffic) figure, a, b attack) measure {
	return func(ctx context.Context, _ string) (float64, error) {
		server, err := startSelf(ctx, serveConstant, nil)
		if err != nil {
			return 0, err
		}
		defer server.stop()
		on := func(a attack) figure {
			return of(func(ctx context.Context) (int64, error) { return a(ctx, server.url) })
		}
		return paired(ctx, blocks, [2]figure{on(a), on(b)})
	}
}

// judgedRequest is one whose answer is judged.
func judgedRequest(url string) load.Request {
	return load.Request{URL: url, Header: http.Header{"Authorization": {"Bearer good"}}, Right: load.Allow, Read: func(status int, body []byte) (load.Answer, string) {
		if status == http.StatusOK && string(body) == answer {
			return load.Allow, ""
		}
		return load.Deny, ""
	}}
}

// ours is the whole of our load path: schedule, judgement of every answer, three
// histograms, bytes counted on the wire.
func ours(law results.Arrivals) attack {
	return func(ctx context.Context, url string) (int64, error) {
		request := judgedRequest(url)
		d, workers := rateBlock, 64
		if law == results.Closed {
			d, workers = peakBlock, peakWorker
		}
		s, err := load.NewSchedule(law, rate, d, 1)
		if err != nil {
			return 0, err
		}
		m, err := load.Drive(ctx, load.Load{Traffic: load.Traffic{Requests: []load.Request{request}, Order: []uint32{0}}, Schedule: s, Workers: workers, Timeout: 30 * time.Second})
		if err == nil && m.Verdicts.RightAllow != m.Sent {
			err = fmt.Errorf("only %d of %d answers were right: %s", m.Verdicts.RightAllow, m.Sent, m.Verdicts.First)
		}
		return m.Sent, err
	}
}

func barePunctual(ctx context.Context, url string) (int64, error) {
	s, err := load.NewSchedule(results.Constant, rate, rateBlock, 1)
	if err != nil {
		return 0, err
	}
	p := load.NewPacer(ctx, s)
	defer p.Close()
	return bare(url, p, 0, 64)
}

func barePeak(_ context.Context, url string) (int64, error) {
	return bare(url, vegeta.ConstantPacer{}, peakBlock, peakWorker)
}

// bare is the least that a program can do with vegeta: it looks at no answer.
func bare(url string, p vegeta.Pacer, d time.Duration, workers int) (n int64, err error) {
	target := vegeta.Target{Method: http.MethodGet, URL: url, Header: http.Header{"Authorization": {"Bearer good"}}}
	attacker := vegeta.NewAttacker(vegeta.MaxWorkers(uint64(workers)))
	for r := range attacker.Attack(vegeta.NewStaticTargeter(target), p, d, "") {
		if r.Code != http.StatusOK {
			return n, fmt.Errorf("a bare request got %d %s", r.Code, r.Error)
		}
		n++
	}
	return n, nil
}

const serveConstant = "serve-constant-answer"

// constantAnswer is the server that both are measured on.
func constantAnswer(context.Context, struct{}) (http.Handler, error) {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}), nil
}
