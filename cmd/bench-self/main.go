//go:build unix

// Command bench-self measures oauthmark's own performance bounds. Each is a ratio
// of two things measured side by side in one run, so that it means the same on a
// fast machine and on a slow, shared one; it prints a line for each bound and exits
// with 1 when one falls short.
//
// It is the one place where the project times itself: timed tests would fail on a
// busy machine and prove nothing on an idle one. It counts its own CPU time, which it
// knows how to do on Unix.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// bound is a promise about our own speed.
type bound struct {
	name    string
	atMost  bool // the measured figure must not exceed the limit; otherwise it must not fall below
	limit   float64
	unit    string
	measure func(ctx context.Context, program string) (float64, error)
}

func (b bound) holds(measured float64) bool {
	if b.atMost {
		return measured <= b.limit
	}
	return measured >= b.limit
}

func bounds() []bound {
	return slices.Concat(loadBounds(), startBounds())
}

// serveArgument makes this program the server that a load bound is measured on: a
// process of its own, so that its processor time isn't counted as the generator's.
const serveArgument = "serve-constant-answer"

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	if len(args) == 1 && args[0] == serveArgument {
		return serveConstantAnswer(out)
	}
	if len(args) != 1 {
		fmt.Fprintln(errs, "usage: bench-self PROGRAM, where PROGRAM is the built oauthmark; 'make bench-self' does it")
		return 2
	}
	code := 0
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "bound\tmeasured\tlimit\t")
	for _, b := range bounds() {
		measured, err := b.measure(ctx, args[0])
		if err != nil {
			fmt.Fprintf(errs, "bench-self: %s: %v\n", b.name, err)
			return 4
		}
		answer, word := "holds", "at least"
		if b.atMost {
			word = "at most"
		}
		if !b.holds(measured) {
			answer, code = "falls short", 1
		}
		fmt.Fprintf(w, "%s\t%.3g%s\t%s %.3g%s\t%s\n", b.name, measured, b.unit, word, b.limit, b.unit, answer)
	}
	w.Flush()
	return code
}

// median of an odd or even number of figures; 0 of none.
func median(figures []float64) float64 {
	if len(figures) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(figures))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
