package load

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/oauthmark/oauthmark/results"
)

// Load is the whole of what [Drive] does to one URL.
type Load struct {
	URL      string
	Requests []Request // what may be presented
	Order    []uint32  // which request each arrival presents, repeated when it ends
	Schedule Schedule
	Workers  int           // most requests in flight
	Timeout  time.Duration // of one request
	// Warm is sent before the clock starts, over the connections that the step
	// then uses, and is not measured.
	Warm []Request
	// Begin is called when the warm-up is over, right before the clock starts; may be nil.
	Begin func()
	// Progress is told the number of answers, about ten times a second; may be nil.
	Progress func(answers int64)
}

// Measurement is what a load measured, raw. Times are in nanoseconds.
type Measurement struct {
	Planned, Sent     int64
	Verdicts          results.SampleVerdicts
	Response          *hdrhistogram.Histogram // planned send to last byte, of requests that should be allowed
	Service           *hdrhistogram.Histogram // real send to last byte, likewise
	Lateness          *hdrhistogram.Histogram // planned to real send, of all
	OwnLateness       *hdrhistogram.Histogram // likewise, of those that found a free worker
	LastSent          time.Duration           // from the start of the schedule
	LastAnswer        time.Duration           // likewise
	BytesIn, BytesOut int64
}

// maxBody bounds what is kept of an answer. A protected resource answers with far
// less; what is beyond it is read and dropped.
const maxBody = 16 << 10

// Drive sends the load and judges every answer. When the context ends it stops
// sending, waits for the answers that are under way, and returns what was measured.
func Drive(ctx context.Context, l Load) (Measurement, error) {
	if len(l.Requests) == 0 || len(l.Order) == 0 {
		return Measurement{}, errors.New("load: nothing to send: no request was prepared")
	}
	rt := newTransport(l.Requests, l.Order, l.Workers, l.Timeout)
	defer rt.base.CloseIdleConnections()
	if err := warm(ctx, rt.base, l); err != nil {
		return Measurement{}, err
	}
	rt.in.Store(0)
	rt.out.Store(0)
	if l.Begin != nil {
		l.Begin()
	}

	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: rt, CheckRedirect: noRedirect}),
		vegeta.Workers(uint64(min(l.Workers, vegeta.DefaultWorkers))),
		vegeta.MaxWorkers(uint64(l.Workers)),
		vegeta.MaxBody(maxBody),
	)
	stop := context.AfterFunc(ctx, func() { attacker.Stop() })
	defer stop()

	p := NewPacer(ctx, l.Schedule)
	defer p.Close()
	p.workers = int64(l.Workers)
	targeter := func(t *vegeta.Target) error {
		t.Method, t.URL = http.MethodGet, l.URL
		return nil
	}
	rec := newRecorder(l, rt, p)
	answers := attacker.Attack(targeter, p, 0, "")
	next := time.Now()
	for r := range answers {
		n := p.received.Add(1)
		rec.record(r)
		if l.Progress != nil && n&63 == 0 && time.Now().After(next) {
			l.Progress(n)
			next = time.Now().Add(100 * time.Millisecond)
		}
	}
	return rec.finish(), nil
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// recorder turns vegeta's results into a measurement. It is used by one goroutine.
type recorder struct {
	m      Measurement
	oracle *oracle
	rt     *transport
	pacer  *Pacer
	late   []time.Duration // by arrival; -1 for one that never left
}

func newRecorder(l Load, rt *transport, p *Pacer) *recorder {
	rec := &recorder{oracle: newOracle(l.Requests), rt: rt, pacer: p}
	rec.m.Planned = int64(l.Schedule.Planned())
	for _, h := range []**hdrhistogram.Histogram{&rec.m.Response, &rec.m.Service, &rec.m.Lateness, &rec.m.OwnLateness} {
		*h = results.NewHistogram()
	}
	rec.late = make([]time.Duration, l.Schedule.Planned())
	for i := range rec.late {
		rec.late[i] = -1
	}
	return rec
}

func (rec *recorder) record(r *vegeta.Result) {
	index := rec.rt.index(r.Seq)
	rec.oracle.judge(index, int(r.Code), r.Body, r.Error)
	sent := r.Timestamp.Sub(rec.pacer.epoch)
	due := sent
	if rec.pacer.schedule.Open() {
		due = rec.pacer.schedule.due[r.Seq]
		rec.late[r.Seq] = max(0, sent-due)
		results.Record(rec.m.Lateness, sent-due)
	}
	rec.m.Sent++
	rec.m.LastSent = max(rec.m.LastSent, sent)
	rec.m.LastAnswer = max(rec.m.LastAnswer, sent+r.Latency)
	if rec.oracle.requests[index].Allow {
		results.Record(rec.m.Response, sent+r.Latency-due)
		results.Record(rec.m.Service, r.Latency)
	}
}

// finish is called when vegeta has closed its results, so the pacer is at rest.
//
// A request is late by the server's doing when it found no free worker, and so is
// one that was due before the request ahead of it had left such a queue. The
// lateness of all the others is the generator's own.
func (rec *recorder) finish() Measurement {
	queue, ahead := false, time.Duration(0) // whether the request ahead stood in a queue, and when it left
	for i, late := range rec.late {
		if late < 0 {
			continue
		}
		due := rec.pacer.schedule.due[i]
		queue = rec.pacer.queued[i] || queue && due < ahead
		ahead = due + late
		if !queue {
			results.Record(rec.m.OwnLateness, late)
		}
	}
	rec.m.Verdicts = rec.oracle.counts
	rec.m.BytesIn, rec.m.BytesOut = rec.rt.in.Load(), rec.rt.out.Load()
	return rec.m
}

// Shuffle draws n requests, the good ones evenly and the bad ones with the given
// share of all arrivals, in an order that the seed fixes. At least one is bad, where
// one can be: a step that presents none can't find a server that lets everybody in.
func Shuffle(requests []Request, n int, badShare float64, seed uint64) []uint32 {
	var good, bad []uint32
	for i, r := range requests {
		if r.Allow {
			good = append(good, uint32(i))
		} else {
			bad = append(bad, uint32(i))
		}
	}
	random := rand.New(rand.NewPCG(seed, 0x0de4))
	order := make([]uint32, n)
	for i := range order {
		from := good
		if len(bad) > 0 && (len(good) == 0 || random.Float64() < badShare) {
			from = bad
		}
		order[i] = from[random.IntN(len(from))]
	}
	if n > 1 && len(bad) > 0 && !slices.ContainsFunc(order, func(i uint32) bool { return !requests[i].Allow }) {
		order[random.IntN(n)] = bad[random.IntN(len(bad))]
	}
	return order
}
