package stats

import (
	"math"
	"testing"
)

// The values are those of the usual table of Student's t, two-sided.
func TestStudentsT(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ probability, freedom, want float64 }{
		{0.95, 1, 12.706}, {0.95, 2, 4.303}, {0.95, 4, 2.776}, {0.95, 10, 2.228}, {0.95, 100, 1.984}, {0.99, 3, 5.841}, {0.5, 5, 0.727},
	} {
		if got := studentsT(test.probability, test.freedom); math.Abs(got-test.want) > 0.0006 {
			t.Errorf("%g with %g degrees of freedom: %.4f, want %.3f", test.probability, test.freedom, got, test.want)
		}
	}
}
