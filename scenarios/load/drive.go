package load

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/oauthmark/oauthmark/results"
)

// Load is the whole of what [Drive] does.
type Load struct {
	Traffic
	Schedule Schedule
	Workers  int           // most requests in flight
	Timeout  time.Duration // of one request
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
	Events            []error // of events that failed or never came
}

// maxBody bounds what is kept of an answer. A protected resource answers with far
// less; what is beyond it is read and dropped.
const maxBody = 16 << 10

// Drive sends the load, does the events and judges every answer. When the context ends
// it stops sending, waits for the answers that are under way, and returns what was
// measured.
func Drive(ctx context.Context, l Load) (Measurement, error) {
	if len(l.Requests) == 0 || len(l.Order) == 0 {
		return Measurement{}, errors.New("load: nothing to send: no request was prepared")
	}
	rt, err := newTransport(l)
	if err != nil {
		return Measurement{}, err
	}
	defer rt.base.CloseIdleConnections()
	if err := warm(ctx, rt, l); err != nil {
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
	truth := newTimeline(l.Requests, l.Events)
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	var events sync.WaitGroup
	p.begin = func(epoch time.Time) { events.Go(func() { truth.run(within, epoch) }) }
	targeter := func(t *vegeta.Target) error {
		t.Method, t.URL = http.MethodGet, l.Requests[0].URL // the transport sends the planned one
		return nil
	}
	rec := newRecorder(l, rt, p, truth)
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
	cancel()
	events.Wait()
	m := rec.finish()
	m.Events = truth.failures()
	return m, nil
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

func newRecorder(l Load, rt *transport, p *Pacer, truth *timeline) *recorder {
	rec := &recorder{oracle: newOracle(truth), rt: rt, pacer: p}
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
	right := rec.oracle.judge(index, r.Timestamp, r.End(), int(r.Code), r.Body, r.Error)
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
	if right != Deny {
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
