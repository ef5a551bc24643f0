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
)

const (
	// benchmarkOf is the benchmark that measures operations by turns, and ofScenario
	// begins the names of those lines that have the scenario's figure.
	benchmarkOf = "BenchmarkAgreement"
	ofScenario  = "scenario/"
	// benchmarkTime is for one operation in one turn, as the scenario's is.
	benchmarkTime = "60ms"
)

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

// runAgreement returns the figures of each turn, in nanoseconds, by operation.
func runAgreement(ctx context.Context, program string, turns int) (map[string][]float64, error) {
	// A single processor isn't told, and what an operation's name ends with would be taken
	// for it: opaque-43.
	processors := strconv.Itoa(max(2, runtime.GOMAXPROCS(0)))
	out, err := exec.CommandContext(ctx, program, "-test.run", "^$", "-test.bench", "^"+benchmarkOf+"$", "-test.cpu", processors,
		"-test.benchtime", benchmarkTime, "-turns", strconv.Itoa(turns)).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("run %s: %w: %.500s", benchmarkOf, err, out)
	}
	return readBenchmarks(out), nil
}

// benchmarkLine is "BenchmarkAgreement/OPERATION#TURN-PROCESSORS N NS ns/op ...".
// The first turn isn't told.
var benchmarkLine = regexp.MustCompile(`^` + benchmarkOf + `/(\S+?)(?:#\d+)?-\d+\s+\d+\s+(\S+) ns/op`)

func readBenchmarks(text []byte) map[string][]float64 {
	figures := map[string][]float64{}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		found := benchmarkLine.FindSubmatch(lines.Bytes())
		if found == nil {
			continue
		}
		if ns, err := strconv.ParseFloat(string(found[2]), 64); err == nil && ns > 0 {
			name := string(found[1])
			figures[name] = append(figures[name], ns)
		}
	}
	return figures
}
