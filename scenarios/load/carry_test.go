package load

import "testing"

// What the processors can do for requests that mean nothing is known, and is a rate that
// a processor of this century has.
func TestMostRate(t *testing.T) {
	t.Parallel()
	most, err := MostRate(t.Context())
	if err != nil || most < 500 || most > 50_000_000 {
		t.Errorf("at most %g/s, %v", most, err)
	}
}
