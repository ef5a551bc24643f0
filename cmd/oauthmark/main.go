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
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr}))
}
