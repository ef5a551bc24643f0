//go:build unix

// Command bench-self measures oauthmark's own performance bounds. Each is a ratio
// of two things measured side by side in one run, so that it means the same on a
// fast machine and on a slow, shared one; it prints a line for each bound and exits
// with 1 when one falls short. Any prefix of a name selects bounds. What this machine
// can't measure is listed as not run, which fails in CI alone: there, all is to be had.
//
// It is the one place where the project times itself: timed tests would fail on a
// busy machine and prove nothing on an idle one. It counts its own CPU time, which it
// knows how to do on Unix.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"

	"golang.org/x/term"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// bound is a promise about our own speed.
type bound struct {
	name    string
	what    string // is measured
	atMost  bool   // the measured figure must not exceed the limit; otherwise it must not fall below
	limit   float64
	unit    string
	measure measure
}

// measure returns a bound's figure. The program is the built oauthmark.
type measure func(ctx context.Context, program string) (float64, error)

func (b bound) holds(measured float64) bool {
	if b.atMost {
		return measured <= b.limit
	}
	return measured >= b.limit
}

func bounds() []bound {
	return slices.Concat(loadBounds(), startBounds(), issuerBounds(), growthBounds(), verifierBounds(), costBounds())
}

// selected returns the bounds whose name begins with one of the prefixes, or all.
func selected(all []bound, prefixes []string) []bound {
	if len(prefixes) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(b bound) bool {
		return !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(b.name, p) })
	})
}

func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	if len(args) == 1 && modes()[args[0]] != nil {
		return serve(ctx, in, out, errs, modes()[args[0]])
	}
	if len(args) == 0 {
		fmt.Fprintln(errs, "usage: bench-self PROGRAM [PREFIX...], where PROGRAM is the built oauthmark; 'make bench-self' does it")
		return 2
	}
	chosen := selected(bounds(), args[1:])
	if len(chosen) == 0 {
		fmt.Fprintf(errs, "bench-self: no bound's name begins with %s; there are:\n", strings.Join(args[1:], " or "))
		for _, b := range bounds() {
			fmt.Fprintf(errs, "  %s\n", b.name)
		}
		return 2
	}
	// What was started is stopped, and its files are removed.
	ctx, cancel := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer cancel()
	return judge(ctx, chosen, args[0], out, errs)
}

// judge measures the bounds in order and prints a line for each.
func judge(ctx context.Context, chosen []bound, program string, out, errs io.Writer) int {
	code := 0
	progress := func(string, ...any) {}
	if f, ok := errs.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		progress = func(format string, a ...any) { fmt.Fprintf(f, "\r\x1b[K"+format, a...) }
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer w.Flush()
	defer progress("")
	fmt.Fprintln(w, "bound\tmeasured\tlimit\t\twhat")
	for n, b := range chosen {
		progress("%d of %d: %s", n+1, len(chosen), b.name)
		measured, err := b.measure(ctx, program)
		word := "at least"
		if b.atMost {
			word = "at most"
		}
		limit := fmt.Sprintf("%s %.3g%s", word, b.limit, b.unit)
		switch {
		case ctx.Err() != nil:
			fmt.Fprintln(errs, "bench-self: interrupted")
			return 130
		case errors.Is(err, errNotRun):
			// Absence is never a pass: CI has what it takes.
			if os.Getenv("CI") != "" {
				code = 1
			}
			fmt.Fprintf(w, "%s\t-\t%s\t%v\t%s\n", b.name, limit, err, b.what)
			continue
		case err != nil:
			fmt.Fprintf(errs, "bench-self: %s: %v\n", b.name, err)
			return 4
		}
		answer := "holds"
		if !b.holds(measured) {
			answer, code = "falls short", 1
		}
		fmt.Fprintf(w, "%s\t%.3g%s\t%s\t%s\t%s\n", b.name, measured, b.unit, limit, answer, b.what)
	}
	return code
}
