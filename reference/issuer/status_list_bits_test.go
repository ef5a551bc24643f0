package issuer

import (
	"bytes"
	"testing"
)

// The order of bits and the length, as in the draft's example (section 4.1) and in its
// test vector for lists of 1 bit.
func TestStatusBits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		size   int
		set    []int
		vector string
	}{
		"example": {16, []int{0, 3, 4, 5, 7, 8, 9, 13, 15}, "eNrbuRgAAhcBXQ"},
		"test vector": {1 << 20, []int{0, 1993, 25460, 159495, 495669, 554353, 645645, 723232, 854545, 934534, 1000345},
			"eNrt3AENwCAMAEGogklACtKQPg9LugC9k_ACvreiogEAAKkeCQAAAAAAAAAAAAAAAAAAAIBylgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
				"AAAAAAAAXG9IAAAAAAAAAPwsJAAAAAAAAAAAAAAAvhsSAAAAAAAAAAAA7KpLAAAAAAAAAAAAAAAAAAAAAJsLCQAAAAAAAAAAADjelAAAAAAAAAAAKjDMAQAA" +
				"AACAZC8L2AEb"},
	} {
		set := map[int]struct{}{}
		for _, idx := range c.set {
			set[idx] = struct{}{}
		}
		lst, err := compressStatus(c.size, set)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := inflate(t, lst), inflate(t, c.vector); !bytes.Equal(got, want) || len(want) != c.size/8 {
			t.Errorf("%s: %d bytes, want %d, or other bits", name, len(got), len(want))
		}
	}
}
