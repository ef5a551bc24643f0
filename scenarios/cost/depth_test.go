package cost

import (
	"testing"
	"unsafe"
)

// The frames are the compiler's, which may lay them out in another way one day.
func TestDepthsAreAllPlacesInALineOfTheCache(t *testing.T) {
	t.Parallel()
	seen := map[uintptr]bool{}
	for depth := range depths {
		var at uintptr
		atDepth(depth, func() { at = place64() })
		seen[at] = true
	}
	if len(seen) != depths {
		t.Errorf("%d depths lie at %d places: %v", depths, len(seen), seen)
	}
}

//go:noinline
func place64() uintptr {
	var here int
	return uintptr(unsafe.Pointer(&here)) % 64
}
