package results

import (
	"errors"
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

// NewPacked returns an empty histogram of the same range that takes no more room than its
// samples need: a report has one for each step.
func NewPacked() *hdrhistogram.PackedHistogram {
	return hdrhistogram.NewPacked(LowestLatency, HighestLatency, significantDigits)
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

// quantiles are those that a record says beside the buckets, in percent.
var quantiles = []float64{50, 90, 99, 99.9}

// EncodeHistogram returns the form of h that a record holds. The same counts give
// the same bytes.
func EncodeHistogram(h *hdrhistogram.Histogram) Histogram {
	out := Histogram{Count: h.TotalCount()}
	if out.Count == 0 {
		return out
	}
	at := h.ValueAtPercentilesSlice(quantiles)
	out.Min, out.Mean, out.Max = h.Min(), h.Mean(), h.Max()
	out.P50, out.P90, out.P99, out.P999 = at[0], at[1], at[2], at[3]
	// Encoding writes to memory and doesn't fail. If it ever did, the missing
	// buckets would be Decode's error.
	if encoded, err := h.EncodeV2(); err == nil {
		out.Encoded = string(encoded)
	}
	return out
}

// Decode returns the histogram that was encoded, an empty one for the zero value. It is
// an error when the buckets are missing or damaged, are those of another range, or don't
// agree with the figures beside them.
func (h Histogram) Decode() (*hdrhistogram.PackedHistogram, error) {
	if h.Encoded == "" {
		if h.Count != 0 {
			return nil, fmt.Errorf("decode histogram: %d samples and no buckets", h.Count)
		}
		return NewPacked(), nil
	}
	out, err := hdrhistogram.DecodePacked([]byte(h.Encoded))
	if err != nil {
		return nil, fmt.Errorf("decode histogram: %w", err)
	}
	if low, high := out.LowestTrackableValue(), out.HighestTrackableValue(); low != LowestLatency || high != HighestLatency || out.SignificantFigures() != significantDigits {
		return nil, fmt.Errorf("decode histogram: it reaches from %d to %d with %d digits, not from %d to %d with %d",
			low, high, out.SignificantFigures(), LowestLatency, HighestLatency, significantDigits)
	}
	if n := out.TotalCount(); n != h.Count {
		return nil, fmt.Errorf("decode histogram: buckets hold %d samples, the record says %d", n, h.Count)
	}
	if h.Count > 0 && out.Min() <= 0 {
		return nil, errors.New("decode histogram: it has samples of no time at all")
	}
	at := out.ValueAtPercentilesSlice(quantiles)
	for _, f := range []struct {
		name      string
		held, say float64
	}{
		{"min", float64(out.Min()), float64(h.Min)}, {"mean", out.Mean(), h.Mean}, {"p50", float64(at[0]), float64(h.P50)}, {"p90", float64(at[1]), float64(h.P90)},
		{"p99", float64(at[2]), float64(h.P99)}, {"p99.9", float64(at[3]), float64(h.P999)}, {"max", float64(out.Max()), float64(h.Max)},
	} {
		if math.Abs(f.held-f.say) > f.held/100 {
			return nil, fmt.Errorf("decode histogram: its buckets have a %s of %g ns, the record says %g", f.name, f.held, f.say)
		}
	}
	return out, nil
}
