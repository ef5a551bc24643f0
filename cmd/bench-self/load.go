//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/load"
)

const (
	answer = `{"client_id":"c","scope":"read"}`
	// blocks of ours and bare alternate as A B B A, so that a drift cancels.
	blocks     = 8
	rate       = 2000 // requests per second, of the bound on CPU
	rateBlock  = time.Second
	peakBlock  = time.Second
	peakWorker = 16
)

func loadBounds() []bound {
	return []bound{
		{name: "load/cpu-at-capacity", what: "CPU per request of our load path, over a bare vegeta loop's", atMost: true, limit: 1.15,
			measure: func(ctx context.Context, _ string) (float64, error) {
				return compare(ctx, cpuPerRequest, ours(results.Closed), barePeak)
			}},
		// The bare loop waits as precisely as ours: vegeta's own pacer sends in bursts,
		// up to 1 ms late, and saves the processor a wake-up for it.
		{name: "load/cpu-at-rate", what: "CPU per request of our load path, over a bare vegeta loop's as punctual, at 2,000/s", atMost: true, limit: 1.15,
			measure: func(ctx context.Context, _ string) (float64, error) {
				return compare(ctx, cpuPerRequest, ours(results.Constant), barePunctual)
			}},
		{name: "load/peak", what: "closed-loop peak of our load path, over a bare vegeta loop's", limit: 0.90,
			measure: func(ctx context.Context, _ string) (float64, error) {
				return compare(ctx, perSecond, ours(results.Closed), barePeak)
			}},
	}
}

// attack sends requests to a URL and returns how many were answered.
type attack func(ctx context.Context, url string) (requests int64, err error)

// compare runs the two by turns on one server and returns the median ratio of
// their figures, block by block.
func compare(ctx context.Context, figure func(context.Context, attack, string) (float64, error), a, b attack) (float64, error) {
	url, stop, err := startServer(ctx)
	if err != nil {
		return 0, err
	}
	defer stop()
	var ratios []float64
	for i := range blocks + 1 {
		order := []attack{a, b}
		if i%2 == 1 {
			order = []attack{b, a}
		}
		var figures [2]float64
		for j, at := range order {
			f, err := figure(ctx, at, url)
			if err != nil {
				return 0, err
			}
			figures[j^i%2] = f
		}
		if i > 0 { // the first block warms both up
			ratios = append(ratios, figures[0]/figures[1])
		}
	}
	return median(ratios), nil
}

// cpuPerRequest is in seconds of this process.
func cpuPerRequest(ctx context.Context, a attack, url string) (float64, error) {
	before := cpu()
	n, err := a(ctx, url)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%d requests were answered: %w", n, err)
	}
	return (cpu() - before) / float64(n), nil
}

func perSecond(ctx context.Context, a attack, url string) (float64, error) {
	began := time.Now()
	n, err := a(ctx, url)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%d requests were answered: %w", n, err)
	}
	return float64(n) / time.Since(began).Seconds(), nil
}

func cpu() float64 {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
}

// ours is the whole of our load path: schedule, judgement of every answer, three
// histograms, bytes counted on the wire.
func ours(law results.Arrivals) attack {
	return func(ctx context.Context, url string) (int64, error) {
		request := load.Request{URL: url, Header: http.Header{"Authorization": {"Bearer good"}}, Right: load.Allow, Read: func(status int, body []byte) (load.Answer, string) {
			if status == http.StatusOK && string(body) == answer {
				return load.Allow, ""
			}
			return load.Deny, ""
		}}
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

// startServer starts this program again as the server and returns its URL.
func startServer(ctx context.Context) (url string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, self, serveArgument)
	in, err := cmd.StdinPipe() // it ends when this is closed, so it can't outlive us
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() { in.Close(); _ = cmd.Wait() }
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the server didn't say its address: %w", err)
	}
	return line[:len(line)-1], stop, nil
}

func serveConstantAnswer(out io.Writer) int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 4
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		listener.Close()
	}()
	fmt.Fprintf(out, "http://%s\n", listener.Addr())
	_ = http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
	return 0
}
