// Command oauthmark answers, with evidence, which access-token strategy a
// deployment should use: opaque or self-contained, with which algorithm and which
// cache, what it costs, and whether the server's answers are even right.
//
// This package chooses, calls and exits. One file holds each verb, registry.go the
// list of all that can be named, and exit.go what the exit code means. Nothing
// below run ends the process or reads a global.
package main

import (
	"context"
	"os"
	"runtime"
)

// floor is how much is allocated, in bytes, before the garbage collector runs.
//
// Go's own is 4 MB: a server that lives in less collects 30 times a second, and pays
// for it with a tenth of its processor time. Nothing is written here, so this is
// address space, not memory; and a heap that is larger grows by its own measure, which
// it wouldn't with another GOGC.
const floor = 32 << 20

func main() {
	ballast := make([]byte, floor)
	code := run(context.Background(), os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr})
	runtime.KeepAlive(ballast)
	os.Exit(code)
}
