package results

import "time"

// StepResult is what a step produced. Its kind says which of Series, Costs and
// Findings it has; figures any step may have.
type StepResult struct {
	Step     Step      `json:"step"`
	Started  time.Time `json:"started"`
	Elapsed  Duration  `json:"elapsed"`
	Verdict  Verdict   `json:"verdict"`
	Reason   string    `json:"reason,omitempty"` // why, when the verdict is not pass
	Series   *Series   `json:"series,omitempty"`
	Costs    []Cost    `json:"costs,omitempty"`
	Findings []Finding `json:"findings,omitempty"`
	Figures  []Figure  `json:"figures,omitempty"`
	// Disturbed says that the generator or the machine spoiled the step, not the server.
	// Such a step is tried again; Superseded is a try that another one stands for.
	Disturbed  bool `json:"disturbed,omitempty"`
	Superseded bool `json:"superseded,omitempty"`
	// Calibrations are of this machine, right before a load step and right after it.
	Calibrations []Calibration `json:"calibrations,omitempty"`

	// Services are those of the step's own, in place of the target's.
	Services []Service `json:"services,omitempty"`
	// Declared is what the way in which a resource server judges tokens promises.
	Declared *Declared `json:"declared,omitempty"`

	Skipped  []Skip    `json:"skipped,omitempty"` // items that were selected and did not run, each with its reason
	Warnings []Warning `json:"warnings,omitempty"`
}

// Declared is what a strategy says of itself, as it was configured.
type Declared struct {
	Staleness string `json:"staleness"` // how long a token may still be accepted after its revocation
	Outage    string `json:"outage"`    // what is accepted while whoever it asks can't be reached
}

// Loaded reports whether the step put load on a server, be it that nothing was measured.
func (s StepResult) Loaded() bool { return s.Step.Kind == KindLoad || s.Series != nil }

// Series is the set of the samples that a load step measured. Times are in
// nanoseconds. Latencies are those of the requests that should have been allowed;
// what the others got is in Verdicts.
type Series struct {
	Planned    int64          `json:"planned"`        // arrivals in the schedule
	Sent       int64          `json:"sent"`           // requests that left
	Verdicts   SampleVerdicts `json:"verdicts"`       // of every request that left
	Rate       float64        `json:"rate,omitempty"` // planned arrivals per second, where the step itself found it
	Throughput float64        `json:"throughput"`     // answered requests per second, from the first planned arrival to the last answer

	Response Histogram `json:"response"` // from the planned send time to the last byte: what a user waits
	Service  Histogram `json:"service"`  // from the real send time to the last byte: what the server took
	Lateness Histogram `json:"lateness"` // from the planned to the real send time
	// Undelayed are the response times without all that the generator may have added,
	// in sending and in reading: the health of the generator is how far they are apart.
	Undelayed Histogram `json:"undelayed"`

	MostInFlight int64    `json:"most_in_flight,omitempty"` // requests at once
	Stood        Duration `json:"stood,omitempty"`          // for how long the generator stood still

	BytesIn  int64   `json:"bytes_in"`  // on the wire, headers included
	BytesOut int64   `json:"bytes_out"` // likewise
	Usage    []Usage `json:"usage,omitempty"`

	// Outcomes tell the requests of each kind apart; none where all are of one kind.
	Outcomes []Outcome `json:"outcomes,omitempty"`

	// Counters are the resource server's own, of the step alone; empty where it tells none.
	Counters []Counter `json:"counters,omitempty"`

	// Timeline is how the step went, of a step in which something happened meanwhile.
	Timeline *Timeline `json:"timeline,omitempty"`
}

// SampleVerdicts counts samples by the oracle's verdict. Any wrong allow fails a run.
type SampleVerdicts struct {
	RightAllow int64 `json:"right_allow"`
	RightDeny  int64 `json:"right_deny"`
	WrongAllow int64 `json:"wrong_allow"`      // a bad token was let in, or a good one was answered with someone else's claims
	WrongDeny  int64 `json:"wrong_deny"`       // a good token was refused
	Either     int64 `json:"either,omitempty"` // allowed or refused while that changed, when both are right
	// Excused got no judgement while none could be expected: an outage that the step made.
	Excused        int64 `json:"excused,omitempty"`
	TransportError int64 `json:"transport_error"`
	// First is the first of the worst samples, redacted, for a person to start from.
	First string `json:"first,omitempty"`
}

// Total is the number of samples judged.
func (v SampleVerdicts) Total() int64 {
	return v.RightAllow + v.RightDeny + v.WrongAllow + v.WrongDeny + v.Either + v.Excused + v.TransportError
}

// Histogram is an HdrHistogram in its compressed, base64 V2 form, with the
// figures that a reader of the JSON wants without decoding it. Figures and
// buckets are in nanoseconds.
type Histogram struct {
	Count   int64   `json:"count"`
	Min     int64   `json:"min"`
	Mean    float64 `json:"mean"`
	P50     int64   `json:"p50"`
	P90     int64   `json:"p90"`
	P99     int64   `json:"p99"`
	P999    int64   `json:"p99_9"`
	Max     int64   `json:"max"`
	Encoded string  `json:"hdr,omitempty"`
}

// Usage is what one component used during a step, so that a report can say which
// was the bottleneck.
type Usage struct {
	Component  string  `json:"component"` // generator, issuer, verifier
	CPUSeconds float64 `json:"cpu_seconds"`
	PeakBytes  int64   `json:"peak_bytes,omitempty"` // resident memory at its peak, since the component started
}

// Counter is how often the resource server did something, as it counts itself.
type Counter struct {
	Name     string `json:"name"`                // introspections, status_questions
	Of       string `json:"of,omitempty"`        // whom it asked: issuer or store; empty where it asked nobody
	PerToken bool   `json:"per_token,omitempty"` // a question about one token, rather than something fetched for all
	Count    int64  `json:"count"`
}

// Counter returns how often the counter of the name moved; ok is false where the
// resource server didn't tell.
func (s *Series) Counter(name string) (n int64, ok bool) {
	for _, c := range s.Counters {
		if c.Name == name {
			return c.Count, true
		}
	}
	return 0, false
}

// Calls is how often the resource server asked that party, for each token and for all
// together; ok is false where it didn't tell.
func (s *Series) Calls(of string) (perToken, all int64, ok bool) {
	for _, c := range s.Counters {
		if c.Of != of {
			continue
		}
		all += c.Count
		if c.PerToken {
			perToken += c.Count
		}
	}
	return perToken, all, len(s.Counters) > 0
}

// Figure is one number that a scenario found beside latency, such as tokens that were
// accepted after their revocation. Every report shows every figure.
type Figure struct {
	Name  string   `json:"name"`           // stale accepts
	Unit  string   `json:"unit,omitempty"` // of the value and of the rest; empty for a count
	Value float64  `json:"value"`
	Low   float64  `json:"low,omitempty"`   // confidence interval of the value; both ends are 0 where there is none
	High  float64  `json:"high,omitempty"`  // likewise
	Worse Worse    `json:"worse,omitempty"` // which way is worse
	Limit *float64 `json:"limit,omitempty"` // a value worse than this fails the step
}

// Worse says which way a figure gets worse.
type Worse string

const (
	WorseUp   Worse = "up"   // more is worse
	WorseDown Worse = "down" // less is worse
)

// Broken reports whether the figure is beyond its limit.
func (f Figure) Broken() bool {
	switch {
	case f.Limit == nil:
		return false
	case f.Worse == WorseDown:
		return !(f.Value >= *f.Limit)
	}
	return !(f.Value <= *f.Limit) // not a number is beyond every limit
}

// Cost is the cost of one operation in one process. Times are in nanoseconds of
// one operation.
type Cost struct {
	Operation string  `json:"operation"`   // hash/SHA-256/opaque-43, sign/ES256, verify/EdDSA
	Bytes     int     `json:"bytes"`       // size of the input
	Batches   int     `json:"batches"`     // measured, each as one time
	BatchSize int     `json:"batch_size"`  // operations in a batch
	Median    float64 `json:"median_ns"`   // of the means of up to ten equal parts of the measurement
	Low       float64 `json:"low_ns"`      // confidence interval of the median
	High      float64 `json:"high_ns"`     // likewise
	Level     float64 `json:"confidence"`  // of each interval; 0 where batches are too few for one: its ends are then the figure itself
	Mean      float64 `json:"mean_ns"`     // of all batches
	Allocs    float64 `json:"allocs"`      // heap allocations an operation
	AllocB    float64 `json:"alloc_bytes"` // heap bytes an operation
	// Limit is the operation that does no more than physics asks (the raw
	// primitive on the same bytes), measured in the same run; empty for a limit itself.
	Limit     string    `json:"limit,omitempty"`
	Ratio     float64   `json:"ratio,omitempty"`        // figure divided by the limit's; of medians, the median of the epochs' quotients
	RatioLow  float64   `json:"ratio_low,omitempty"`    // confidence interval of the ratio, from times at which both were measured
	RatioHigh float64   `json:"ratio_high,omitempty"`   // likewise
	MeanLow   float64   `json:"mean_low_ns,omitempty"`  // confidence interval of the mean
	MeanHigh  float64   `json:"mean_high_ns,omitempty"` // likewise
	Tail      bool      `json:"tail,omitempty"`         // slow passes are part of the operation: its figure is the mean, not the median
	Untimed   bool      `json:"untimed,omitempty"`      // counted and not timed: its figure is bytes
	Epochs    []float64 `json:"epochs_ns,omitempty"`    // the mean in each of equal parts of the measurement, in order of time
	Warnings  []Warning `json:"warnings,omitempty"`
}

// Figure is the time to quote for one operation with its interval, in nanoseconds:
// the median of its epochs, or the mean of all where the operation has a tail by design.
func (c Cost) Figure() (center, low, high float64) {
	if c.Tail {
		return c.Mean, c.MeanLow, c.MeanHigh
	}
	return c.Median, c.Low, c.High
}
