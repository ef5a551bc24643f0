package load

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

func TestConstantSchedule(t *testing.T) {
	t.Parallel()
	s, err := NewSchedule(results.Constant, 300, 2*time.Second, 0)
	if err != nil {
		t.Fatal(err)
	}
	if s.Planned() != 600 {
		t.Errorf("%d arrivals, want 600", s.Planned())
	}
	// The last of 600 is due one gap before the end, to the microsecond: no drift.
	if d := s.due[599] - (2*time.Second - time.Second/300); d.Abs() > time.Microsecond {
		t.Errorf("the last arrival is %v off", d)
	}
}

func TestPoissonSchedule(t *testing.T) {
	t.Parallel()
	s, err := NewSchedule(results.Poisson, 1000, 10*time.Second, 7)
	if err != nil {
		t.Fatal(err)
	}
	// The count has a standard deviation of 100 about 10,000.
	if n := s.Planned(); n < 9500 || n > 10500 {
		t.Errorf("%d arrivals, want about 10000", n)
	}
	var sum, squares float64
	for i := 1; i < len(s.due); i++ {
		gap := (s.due[i] - s.due[i-1]).Seconds() * 1000
		sum += gap
		squares += gap * gap
	}
	n := float64(len(s.due) - 1)
	mean := sum / n
	deviation := math.Sqrt(squares/n - mean*mean)
	// Exponential gaps have a standard deviation equal to their mean; even ones have none.
	if math.Abs(mean-1) > 0.05 || math.Abs(deviation-1) > 0.1 {
		t.Errorf("gaps have mean %.3f ms and deviation %.3f ms, want 1 and 1", mean, deviation)
	}
	again, _ := NewSchedule(results.Poisson, 1000, 10*time.Second, 7)
	other, _ := NewSchedule(results.Poisson, 1000, 10*time.Second, 8)
	if !slices.Equal(s.due, again.due) || slices.Equal(s.due, other.due) {
		t.Error("the seed doesn't fix the arrivals")
	}
}

func TestScheduleRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		law  results.Arrivals
		rate float64
		d    time.Duration
	}{
		{results.Constant, 0, time.Second},
		{results.Constant, -1, time.Second},
		{results.Constant, 1, 0},
		{results.Closed, 1, -time.Second},
		{results.Poisson, 0.001, time.Millisecond},
		{"uniform", 1, time.Second},
	} {
		if _, err := NewSchedule(tt.law, tt.rate, tt.d, 0); err == nil {
			t.Errorf("%s at %g/s for %v is accepted", tt.law, tt.rate, tt.d)
		}
	}
}

func TestShuffle(t *testing.T) {
	t.Parallel()
	requests := []Request{{Right: Allow}, {Right: Allow}, {Right: Deny}, {Right: Allow}}
	order := Shuffle(requests, 100_000, 0.02, 1)
	counts := make([]int, len(requests))
	for _, i := range order {
		counts[i]++
	}
	if bad := counts[2]; bad < 1700 || bad > 2300 {
		t.Errorf("%d of 100000 present the bad token, want about 2000", bad)
	}
	for _, i := range []int{0, 1, 3} {
		if counts[i] < 31_500 || counts[i] > 33_900 {
			t.Errorf("request %d is presented %d times, want about 32667", i, counts[i])
		}
	}
	if !slices.Equal(order, Shuffle(requests, 100_000, 0.02, 1)) {
		t.Error("the seed doesn't fix the order")
	}
}

// Two in a hundred of ten requests are mostly none, and then nobody would look.
func TestShufflePresentsABadToken(t *testing.T) {
	t.Parallel()
	requests := []Request{{Right: Allow}, {Right: Deny}}
	for seed := range uint64(50) {
		if !slices.Contains(Shuffle(requests, 10, 0.02, seed), 1) {
			t.Fatalf("with seed %d no bad token is presented", seed)
		}
	}
}

func TestSpoiled(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"AAAAAAAAAAAAAAAA", "header.payload.signature", "header.payload.", ".", "x"} {
		if got := spoiled(Token{Value: value}).Value; got == value || len(got) != len(value) {
			t.Errorf("spoiled %q is %q", value, got)
		}
	}
	if got := spoiled(Token{Value: "header.payload.signature"}).Value; !strings.HasPrefix(got, "header.payload.") {
		t.Errorf("%q is not spoiled in the signature", got)
	}
}
