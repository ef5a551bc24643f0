package results

import (
	"fmt"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range of a histogram, in nanoseconds. One resolution for every series, so
// that any two merge without loss.
const (
	LowestLatency  = int64(time.Microsecond)
	HighestLatency = int64(120 * time.Second)

	significantDigits = 3
)

// NewHistogram returns an empty histogram of nanoseconds, from [LowestLatency] to
// [HighestLatency] with 3 significant digits. Record into it with [Record]: its own
// RecordValue refuses what is out of range, and a refused sample is a lost one.
func NewHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(LowestLatency, HighestLatency, significantDigits)
}

// Record adds one latency. A value outside the range is clamped to its nearer end:
// a request that never came back counts as the slowest one, never as none.
func Record(h *hdrhistogram.Histogram, latency time.Duration) {
	// In range by construction, so the error can't occur.
	_ = h.RecordValue(min(max(int64(latency), LowestLatency), HighestLatency))
}

// Resolves reports whether n samples bound the quantile q from above, whatever their
// distribution: with 95 % confidence one of them lies beyond it. Of fewer it says next to
// nothing.
func Resolves(n int64, q float64) bool { return math.Pow(q, float64(n)) <= 0.025 }

// EncodeHistogram returns the form of h that a record holds. The same counts give
// the same bytes.
func EncodeHistogram(h *hdrhistogram.Histogram) Histogram {
	out := Histogram{Count: h.TotalCount()}
	if out.Count == 0 {
		return out
	}
	at := h.ValueAtPercentilesSlice([]float64{50, 90, 99, 99.9})
	out.Min, out.Mean, out.Max = h.Min(), h.Mean(), h.Max()
	out.P50, out.P90, out.P99, out.P999 = at[0], at[1], at[2], at[3]
	// Encoding writes to memory and doesn't fail. If it ever did, the missing
	// buckets would be Decode's error.
	if encoded, err := h.EncodeV2(); err == nil {
		out.Encoded = string(encoded)
	}
	return out
}

// Decode returns the histogram that was encoded, an empty one for the zero value.
// It is an error when the buckets are missing, are damaged, or don't hold as many
// samples as Count says.
func (h Histogram) Decode() (*hdrhistogram.Histogram, error) {
	if h.Encoded == "" {
		if h.Count != 0 {
			return nil, fmt.Errorf("decode histogram: %d samples and no buckets", h.Count)
		}
		return NewHistogram(), nil
	}
	out, err := hdrhistogram.Decode([]byte(h.Encoded))
	if err != nil {
		return nil, fmt.Errorf("decode histogram: %w", err)
	}
	if n := out.TotalCount(); n != h.Count {
		return nil, fmt.Errorf("decode histogram: buckets hold %d samples, the record says %d", n, h.Count)
	}
	return out, nil
}
