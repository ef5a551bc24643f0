package report

import "testing"

func TestNanoseconds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   float64
		want string
	}{
		{0, "0 ns"}, {0.5, "0.500 ns"}, {148, "148 ns"}, {999.4, "999 ns"}, {999.6, "1.00 us"}, {1000, "1.00 us"}, {91234, "91.2 us"},
		{999_499, "999 us"}, {999_500, "1.00 ms"}, {3.1e6, "3.10 ms"}, {1.91e9, "1.91 s"}, {120e9, "120 s"}, {3.6e12, "3,600 s"},
	} {
		if got := Nanoseconds(c.in); got != c.want {
			t.Errorf("Nanoseconds(%v) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestFigure(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   float64
		want string
	}{
		{0, "0"}, {0.00123, "0.00123"}, {0.125, "0.125"}, {0.9996, "1.00"}, {4, "4.00"}, {9.996, "10.0"}, {37.24, "37.2"}, {99.96, "100"},
		{812.4, "812"}, {1540, "1,540"}, {22039.4, "22,039"}, {-1540, "-1,540"}, {1e9, "1,000,000,000"},
	} {
		if got := Figure(c.in); got != c.want {
			t.Errorf("Figure(%v) = %q, want %q", c.in, got, c.want)
		}
	}
}
