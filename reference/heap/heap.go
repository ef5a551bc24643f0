// Package heap lets the garbage collector run as seldom in a small process as it does
// in a server that holds something, and lets one that holds much grow by less than half.
package heap

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

const (
	// floor is how much is allocated, in bytes, before the garbage collector runs. Go's own
	// is 4 MB: a server that lives in less collects 30 times a second and pays for it with a
	// tenth of its processor time, and signing 8 kB of claims takes half as long again.
	floor = 32 << 20
	// growth is by how many percent of what is in use the heap of a larger one grows until
	// the garbage collector runs again. Go's own is 100: a store of a million tokens, which
	// has hardly a pointer to follow, would take its room twice.
	growth = 40
	// most is the growth of the smallest heap: with it Go's own floor is ours.
	most = floor / (4 << 20) * 100
)

// held counts those that hold, and has the growth of before.
var held struct {
	sync.Mutex
	count, before int
}

// Hold sets floor and growth until release is called. Where the environment says GOGC,
// that counts.
func Hold() (release func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	held.Lock()
	defer held.Unlock()
	if held.count++; held.count == 1 {
		held.before = debug.SetGCPercent(percent(inUse()))
		follow()
	}
	return func() {
		held.Lock()
		defer held.Unlock()
		if held.count--; held.count == 0 {
			debug.SetGCPercent(held.before)
		}
	}
}

// follow sets the growth anew whenever the garbage collector has run: a finalizer of
// something that nothing refers to is called then.
func follow() {
	runtime.SetFinalizer(new([64]byte), func(*[64]byte) {
		held.Lock()
		defer held.Unlock()
		if held.count > 0 {
			debug.SetGCPercent(percent(inUse()))
			follow()
		}
	})
}

// inUse is what the garbage collector found in use when it last ran, in bytes.
func inUse() uint64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return live[0].Value.Uint64()
}

// percent is by how much a heap with so much in use may grow.
func percent(live uint64) int { return int(min(max(floor*100/max(live, 1), growth), most)) }
