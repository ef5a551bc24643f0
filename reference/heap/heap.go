// Package heap lets the garbage collector run as seldom in a small process as it does
// in a server that holds something.
package heap

import "runtime"

// floor is how much is allocated, in bytes, before the garbage collector runs. Go's own
// is 4 MB: a server that lives in less collects 30 times a second and pays for it with a
// tenth of its processor time, and signing 8 kB of claims takes half as long again.
// Nothing is written here, so this is address space, not memory; and a heap that is
// larger grows by its own measure, which it wouldn't with another GOGC.
const floor = 32 << 20

// Hold raises the floor until release is called.
func Hold() (release func()) {
	ballast := make([]byte, floor)
	return func() { runtime.KeepAlive(ballast) }
}
