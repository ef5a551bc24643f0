//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	costs "github.com/oauthmark/oauthmark/scenarios/cost"
)

// benchmarkOf is the benchmark whose parts are named for operations.
const benchmarkOf = "BenchmarkCost"

// buildBenchmarks builds the benchmarks of the cost scenario, where the go tool and this
// module's source are there, and returns the program, alone in a temporary folder.
func buildBenchmarks(ctx context.Context) (program string, err error) {
	if _, err := exec.LookPath("go"); err != nil {
		return "", fmt.Errorf("%w: %w", errNotRun, err)
	}
	const path = "github.com/oauthmark/oauthmark/scenarios/cost"
	if out, err := exec.CommandContext(ctx, "go", "list", path).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: the module's source isn't here: %s", errNotRun, bytes.TrimSpace(out))
	}
	dir, err := os.MkdirTemp("", "bench-self-cost-")
	if err != nil {
		return "", fmt.Errorf("make folder for benchmarks: %w", err)
	}
	program = filepath.Join(dir, "cost.test")
	if out, err := exec.CommandContext(ctx, "go", "test", "-c", "-o", program, path).CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("build benchmarks: %w: %s", err, out)
	}
	return program, nil
}

// benchmarks lists the operations that have a benchmark.
func benchmarks(ctx context.Context, program string) ([]string, error) {
	figures, err := runBenchmarks(ctx, program, "^"+benchmarkOf+"$", "1x")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range figures {
		names = append(names, f.name)
	}
	return names, nil
}

// benchmarkFigures takes each operation for as long as a turn of the scenario.
func benchmarkFigures(ctx context.Context, program string, operations []string) (map[string]float64, error) {
	out := map[string]float64{}
	for _, name := range operations {
		pattern := "^" + benchmarkOf + "$"
		for word := range strings.SplitSeq(name, "/") {
			pattern += "/^" + regexp.QuoteMeta(word) + "$"
		}
		figures, err := runBenchmarks(ctx, program, pattern, turn.String())
		if err != nil {
			return nil, err
		}
		for _, f := range figures {
			out[f.name] = f.ns
		}
	}
	return out, nil
}

// turn is the time for one operation on either side.
const turn = 100 * time.Millisecond

type benchmarkFigure struct {
	name string
	ns   float64
}

func runBenchmarks(ctx context.Context, program, pattern, benchtime string) ([]benchmarkFigure, error) {
	out, err := exec.CommandContext(ctx, program, "-test.run", "^$", "-test.bench", pattern, "-test.benchtime", benchtime).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("run benchmarks %s: %w: %.500s", pattern, err, out)
	}
	return readBenchmarks(out, runtime.GOMAXPROCS(0)), nil
}

// readBenchmarks reads the lines "BenchmarkCost/OPERATION-2 N NS ns/op ...". The number
// of processors at the end is left out where there is more than one, and so is told.
func readBenchmarks(text []byte, processors int) []benchmarkFigure {
	suffix := ""
	if processors > 1 {
		suffix = fmt.Sprintf("-%d", processors)
	}
	var figures []benchmarkFigure
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || fields[3] != "ns/op" {
			continue
		}
		name, ok := strings.CutPrefix(fields[0], benchmarkOf+"/")
		ns, err := strconv.ParseFloat(fields[2], 64)
		if ok && err == nil {
			figures = append(figures, benchmarkFigure{strings.TrimSuffix(name, suffix), ns})
		}
	}
	return figures
}

// scenarioFigures measures an operation and its limit as the scenario does.
func scenarioFigures(ctx context.Context, item string, seed uint64) (map[string]float64, error) {
	s := costs.Scenario(func(string) string { return "" }) // no store is needed
	// A few subjects get a sixteenth of the budget each.
	r, err := s.Run(ctx, results.Step{ID: s.ID, Scenario: s.ID, Items: []string{s.ID + "/" + item}},
		scenarios.Site{Seed: seed, Budget: results.Duration(16 * turn), Progress: func(float64, string) {}})
	if err != nil {
		return nil, err
	}
	out := map[string]float64{}
	for _, c := range r.Costs {
		out[c.Operation], _, _ = c.Figure()
	}
	return out, nil
}
