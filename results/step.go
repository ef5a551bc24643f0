package results

import "time"

// StepResult is what a step produced. At most one of Series, Costs and Findings
// is filled, by the kind of the step's scenario.
type StepResult struct {
	Step     Step      `json:"step"`
	Started  time.Time `json:"started"`
	Elapsed  Duration  `json:"elapsed"`
	Verdict  Verdict   `json:"verdict"`
	Reason   string    `json:"reason,omitempty"` // why, when the verdict is not pass
	Series   *Series   `json:"series,omitempty"`
	Costs    []Cost    `json:"costs,omitempty"`
	Skipped  []Skip    `json:"skipped,omitempty"` // items that were selected and did not run, each with its reason
	Findings []Finding `json:"findings,omitempty"`
	Warnings []Warning `json:"warnings,omitempty"`
}

// Series is the set of the samples that a load step measured. Times are in
// nanoseconds. Latencies are those of the requests that should have been allowed;
// what the others got is in Verdicts.
type Series struct {
	Planned    int64          `json:"planned"`    // arrivals in the schedule
	Sent       int64          `json:"sent"`       // requests that left
	Verdicts   SampleVerdicts `json:"verdicts"`   // of every request that left
	Throughput float64        `json:"throughput"` // answered requests per second, from the first planned arrival to the last answer

	Response Histogram `json:"response"` // from the planned send time to the last byte: what a user waits
	Service  Histogram `json:"service"`  // from the real send time to the last byte: what the server took
	Lateness Histogram `json:"lateness"` // from the planned to the real send time: the health of the generator

	BytesIn  int64   `json:"bytes_in"`  // on the wire, headers included
	BytesOut int64   `json:"bytes_out"` // likewise
	Usage    []Usage `json:"usage,omitempty"`

	// Counters of the resource server during the step, where it tells them.
	Upstream *Upstream `json:"upstream,omitempty"`
}

// SampleVerdicts counts samples by the oracle's verdict. Any wrong allow fails a run.
type SampleVerdicts struct {
	RightAllow     int64 `json:"right_allow"`
	RightDeny      int64 `json:"right_deny"`
	WrongAllow     int64 `json:"wrong_allow"` // a bad token was let in, or a good one was answered with someone else's claims
	WrongDeny      int64 `json:"wrong_deny"`  // a good token was refused
	TransportError int64 `json:"transport_error"`
	// First is the first sample that was not right, redacted, for a person to start from.
	First string `json:"first,omitempty"`
}

// Total is the number of samples judged.
func (v SampleVerdicts) Total() int64 {
	return v.RightAllow + v.RightDeny + v.WrongAllow + v.WrongDeny + v.TransportError
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

// Upstream counts what a resource server asked of the authorization server.
type Upstream struct {
	Introspections int64 `json:"introspections"` // calls that left
	JWKSFetches    int64 `json:"jwks_fetches"`
	CacheHits      int64 `json:"cache_hits"`
	CacheMisses    int64 `json:"cache_misses"`
	Coalesced      int64 `json:"coalesced"` // misses that waited for another's call
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
