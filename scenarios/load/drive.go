package load

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/oauthmark/oauthmark/reference/heap"
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

// Measurement is what a load measured, raw. Times are in nanoseconds. Latencies are
// those of requests that should be allowed.
type Measurement struct {
	Planned, Sent     int64
	Verdicts          results.SampleVerdicts
	Response          *hdrhistogram.Histogram // planned send to last byte
	Service           *hdrhistogram.Histogram // real send to last byte
	Undelayed         *hdrhistogram.Histogram // likewise, without what may have held up the reading of the answer
	Lateness          *hdrhistogram.Histogram // planned to real send, of all requests
	Stood             time.Duration           // for how long the generator stood still
	LongestStood      time.Duration           // at once
	MostInFlight, Cap int64                   // requests in flight, and how many may be
	LastAnswer        time.Duration           // from the start of the schedule
	InUse             float64                 // share of the processors' time that all programs used; 0 when unknown
	BytesIn, BytesOut int64
	Events            []error           // of events that failed or never came
	Timeline          *results.Timeline // nil where nobody asked for it
	kinds             *kinds            // of requests, by their outcomes

	Answered float64 // answers a second, until nine in ten were there
	Queued   bool    // a queue grew while the load lasted
	// The rest is filled in after the load. Usage and Counters are those of the series.
	// UsedInPart says that some component doesn't tell; Costly is that of the traffic.
	Usage      []results.Usage
	UsedInPart bool
	Counters   []results.Counter
	Costly     string
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
	defer rt.close()
	if err := warm(ctx, rt, l); err != nil {
		return Measurement{}, err
	}
	if err := prime(ctx, rt, l); err != nil {
		return Measurement{}, err
	}
	defer heap.Hold()() // collecting garbage stands in the way of answers
	defer keepToOneProcessor(l.Schedule)()
	rt.in.Store(0)
	rt.out.Store(0)
	if l.Begin != nil {
		l.Begin()
	}

	machine := readMachine()
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
	truth := newTimeline(l.Requests, l.Events)
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	var beside sync.WaitGroup
	p.watch = newWatch()
	defer p.watch.close()
	p.begin = func(epoch time.Time) {
		p.watch.begin(epoch)
		beside.Go(func() { truth.run(within, epoch) })
	}
	targeter := func(t *vegeta.Target) error {
		t.Method, t.URL = http.MethodGet, l.Requests[0].URL // the transport sends the planned one
		return nil
	}
	rec := newRecorder(l, rt, p, truth)
	answers := attacker.Attack(targeter, p, 0, "")
	next := time.Now()
	for r := range answers {
		n := p.answered()
		rec.record(r)
		if l.Progress != nil && n&63 == 0 && time.Now().After(next) {
			l.Progress(n)
			next = time.Now().Add(100 * time.Millisecond)
		}
	}
	used := inUse(machine, readMachine())
	cancel()
	beside.Wait()
	m := rec.finish(p.watch.noted())
	m.InUse = used
	m.Cap = int64(l.Workers)
	m.Events = truth.failures()
	if l.Moments > 0 {
		m.Timeline = rec.moments.timeline(l.Moments, truth.marks(p.epoch), l.Schedule.duration)
	}
	return m, nil
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// recorder turns vegeta's results into a measurement. It is used by one goroutine.
type recorder struct {
	m      Measurement
	oracle *oracle
	rt     *transport
	pacer  *Pacer
	waited []sample        // of requests that should be allowed
	ends   []time.Duration // of all answers, from the start of the schedule
	told   func(Observed)

	moments moments // of all answers; nil where nobody asked for them
}

// sample is when a request was due, sent and answered, from the start of the schedule.
type sample struct{ due, sent, end time.Duration }

func newRecorder(l Load, rt *transport, p *Pacer, truth *timeline) *recorder {
	kinds := newKinds(l.Traffic, l.Schedule.Planned())
	rec := &recorder{m: Measurement{kinds: kinds}, oracle: newOracle(truth, kinds), rt: rt, pacer: p, waited: make([]sample, 0, l.Schedule.arrivals()), told: l.Observe}
	rec.m.Planned = int64(l.Schedule.Planned())
	for _, h := range []**hdrhistogram.Histogram{&rec.m.Response, &rec.m.Service, &rec.m.Undelayed, &rec.m.Lateness} {
		*h = results.NewHistogram()
	}
	if l.Moments > 0 {
		rec.moments = make(moments, 0, l.Schedule.arrivals())
	}
	return rec
}

func (rec *recorder) record(r *vegeta.Result) {
	index := rec.rt.index(r.Seq)
	before := rec.oracle.counts
	right := rec.oracle.judge(index, r.Timestamp, r.End(), int(r.Code), r.Body, r.Error)
	sent := r.Timestamp.Sub(rec.pacer.epoch)
	at := sample{sent, sent, sent + r.Latency}
	if rec.pacer.schedule.Open() {
		// One that left early is as if it had come early.
		at.due = min(sent, rec.pacer.schedule.due[r.Seq])
		results.Record(rec.m.Lateness, sent-at.due)
	}
	rec.m.kinds.took(index, at.end-at.due, at.end-at.sent)
	rec.m.Sent++
	rec.m.LastAnswer = max(rec.m.LastAnswer, at.end)
	if rec.told != nil {
		rec.told(Observed{index, rec.pacer.epoch.Add(at.due), r.Timestamp, r.End(), int(r.Code), rec.oracle.said})
	}
	if rec.moments != nil {
		rec.moments = append(rec.moments, answered{at, right != Deny, what(before, rec.oracle.counts)})
	}
	if r.Code != 0 {
		rec.ends = append(rec.ends, at.end)
	}
	if right != Deny {
		rec.waited = append(rec.waited, at)
	}
}

// finish is called when vegeta has closed its results, so the pacer is at rest. The spans
// are those in which the generator stood still.
func (rec *recorder) finish(spans []span) Measurement {
	rec.m.tally(rec.waited, spans)
	rec.m.keepUp(rec.pacer.schedule, rec.waited, rec.ends)
	rec.m.Verdicts = rec.oracle.counts
	rec.m.MostInFlight = rec.pacer.most
	rec.m.BytesIn, rec.m.BytesOut = rec.rt.in.Load(), rec.rt.out.Load()
	return rec.m
}

// tally fills in the latencies of the samples, with and without what the generator did
// to them.
func (m *Measurement) tally(waited []sample, spans []span) {
	for _, at := range waited {
		results.Record(m.Response, at.end-at.due)
		results.Record(m.Service, at.end-at.sent)
		results.Record(m.Undelayed, at.end-at.sent-delay(spans, at.sent, at.end))
	}
	m.Stood, m.LongestStood = stood(spans, m.LastAnswer)
}
