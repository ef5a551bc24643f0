package results

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

func TestHistogramRoundTrip(t *testing.T) {
	t.Parallel()
	h := NewHistogram()
	for i := 1; i <= 1000; i++ {
		Record(h, time.Duration(i)*time.Millisecond)
	}
	got := EncodeHistogram(h)
	for _, c := range []struct {
		name string
		got  int64
		want time.Duration
	}{
		{"min", got.Min, time.Millisecond},
		{"p50", got.P50, 500 * time.Millisecond},
		{"p90", got.P90, 900 * time.Millisecond},
		{"p99", got.P99, 990 * time.Millisecond},
		{"p99.9", got.P999, 999 * time.Millisecond},
		{"max", got.Max, time.Second},
	} {
		if off := float64(c.got)/float64(c.want) - 1; off < -0.001 || off > 0.001 {
			t.Errorf("%s = %d ns, want %d within 0.1 %%", c.name, c.got, c.want)
		}
	}
	back, err := got.Decode()
	if err != nil {
		t.Fatal(err)
	}
	again := NewHistogram()
	if back.MergeInto(again) > 0 || !again.Equals(h) {
		t.Error("the decoded histogram differs from the one that was encoded")
	}
	if again := EncodeHistogram(again); again != got {
		t.Errorf("encoded again: %+v, want %+v", again, got)
	}
}

func TestRecordClamps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   time.Duration
		want int64
	}{
		{-time.Second, LowestLatency},
		{0, LowestLatency},
		{time.Hour, HighestLatency},
	} {
		h := NewHistogram()
		Record(h, c.in)
		if h.TotalCount() != 1 {
			t.Fatalf("Record(%v) lost the sample", c.in)
		}
		if !h.ValuesAreEquivalent(h.Max(), c.want) {
			t.Errorf("Record(%v) = %d, want %d", c.in, h.Max(), c.want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	h := NewHistogram()
	Record(h, time.Millisecond)
	good := EncodeHistogram(h)
	// encoded is a histogram of another range, or of what Record refuses to add.
	encoded := func(low, high int64, digits int, values ...int64) Histogram {
		h := hdrhistogram.New(low, high, digits)
		for _, v := range values {
			if err := h.RecordValue(v); err != nil {
				t.Fatal(err)
			}
		}
		return EncodeHistogram(h)
	}
	lies := good
	lies.P99 *= 3
	for _, c := range []struct {
		name, want string
		in         Histogram
	}{
		{"no buckets", "no buckets", Histogram{Count: 7}},
		{"not base64", "decode histogram", Histogram{Count: 1, Encoded: "???"}},
		{"too short", "too short", Histogram{Count: 1, Encoded: "AAAA"}},
		{"another count", "record says 2", Histogram{Count: 2, Encoded: good.Encoded}},
		{"another lowest value", "reaches from 1 to", encoded(0, HighestLatency, 3, 0, 5)},
		{"another highest value", "not from 1000 to 120000000000 with 3", encoded(LowestLatency, math.MaxInt64, 3, 1e9)},
		{"other digits", "with 5 digits", encoded(LowestLatency, HighestLatency, 5, 1e9)},
		{"no time at all", "no time at all", encoded(LowestLatency, HighestLatency, 3, 0, 5000)},
		{"figures of other buckets", "p99 of 1.000447e+06 ns, the record says", lies},
	} {
		if _, err := c.in.Decode(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
	if h, err := (Histogram{}).Decode(); err != nil || h.TotalCount() != 0 {
		t.Errorf("zero value: %v, want an empty histogram", err)
	}
}
