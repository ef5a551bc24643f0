package cost

import "runtime"

// depths is how many places on the stack a batch may run at: as many as a line of the
// cache has words.
const depths = 8

// atDepth calls do with a stack that each depth grows by an odd number of words.
//
// Where an operation's variables lie against the lines of the cache, its place on the
// stack decides, and so whatever the compiler made of its callers: SHA-256 of 43 bytes
// takes a quarter longer in one binary than in another. Batches run at all places, and
// what their figure says is true of no binary alone.
//
//go:noinline
func atDepth(depth int, do func()) {
	var word [1]uintptr // with it the frame is of an odd number of words
	if depth > 0 {
		atDepth(depth-1, do)
	} else {
		do()
	}
	runtime.KeepAlive(&word)
}
