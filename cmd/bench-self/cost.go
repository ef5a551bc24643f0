//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/results"
)

func costBounds() []bound {
	return []bound{
		{name: "cost/agreement", what: "worst difference of an operation's cost from what 'go test -bench' says of it, of undisturbed turns", atMost: true, limit: 0.10, measure: agreement},
		{name: "cost/aa", what: "share of rows that differ beyond their intervals between two runs of one program", atMost: true, limit: 0.05, measure: twice},
	}
}

// aaItems are enough rows for a share of 5 % to be seen.
var aaItems = []string{"cost/hash", "cost/cache-hit/opaque-43", "cost/parse", "cost/sign", "cost/verify"}

// twice runs the cost scenario two times and returns the share of rows whose intervals
// have nothing in common.
func twice(ctx context.Context, program string) (float64, error) {
	var runs [2]map[string]results.Cost
	for i := range runs {
		dir, err := os.MkdirTemp("", "bench-self-cost-")
		if err != nil {
			return 0, fmt.Errorf("make folder for records: %w", err)
		}
		defer os.RemoveAll(dir)
		if runs[i], err = measureCosts(ctx, program, dir); err != nil {
			return 0, err
		}
	}
	rows, apart := 0, 0
	for name, a := range runs[0] {
		b, ok := runs[1][name]
		if !ok || a.Level == 0 || b.Level == 0 {
			continue
		}
		_, lowA, highA := a.Figure()
		_, lowB, highB := b.Figure()
		rows++
		if highA < lowB || highB < lowA {
			apart++
		}
	}
	if rows == 0 {
		return 0, fmt.Errorf("%s: two runs have no row in common", program)
	}
	return float64(apart) / float64(rows), nil
}

// measureCosts runs the program's cost scenario and reads its record.
func measureCosts(ctx context.Context, program, dir string) (map[string]results.Cost, error) {
	args := append([]string{"run"}, aaItems...)
	out, err := exec.CommandContext(ctx, program, append(args, "--profile", "standard", "--out", dir)...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s run: %w: %.500s", program, err, out)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*", results.RunFile))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("%s run: %d records in %s", program, len(found), dir)
	}
	run, err := results.Load(filepath.Dir(found[0]))
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	rows := map[string]results.Cost{}
	for _, s := range run.Steps {
		for _, c := range s.Costs {
			rows[c.Operation] = c
		}
	}
	return rows, nil
}

const (
	agreementTurns = 25
	agreementLeast = 10 // operations, or there is nothing to be said
)

// agreement measures operations by turns with the scenario and with the testing package,
// and returns how far apart they are, of the operation that is farthest. Turns are
// short and lie side by side, so that what disturbs the machine disturbs both alike; of
// each operation count the turns that were least disturbed.
func agreement(ctx context.Context, _ string) (float64, error) {
	bench, err := buildBenchmarks(ctx)
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(filepath.Dir(bench))
	names, err := benchmarks(ctx, bench)
	if err != nil {
		return 0, err
	}
	var items []string
	for _, name := range names {
		if item := strings.TrimPrefix(name, "limit/"); !slices.Contains(items, item) {
			items = append(items, item)
		}
	}
	var sides [2]map[string][]float64 // figures of each turn, by operation
	for i := range sides {
		sides[i] = map[string][]float64{}
	}
	for turn := range agreementTurns {
		for _, item := range items {
			of := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return strings.TrimPrefix(n, "limit/") != item })
			var ours, theirs map[string]float64
			for side := range 2 {
				if (side+turn)%2 == 0 {
					ours, err = scenarioFigures(ctx, item, uint64(turn))
				} else {
					theirs, err = benchmarkFigures(ctx, bench, of)
				}
				if err != nil {
					return 0, err
				}
			}
			for _, name := range of {
				if ours[name] > 0 && theirs[name] > 0 {
					sides[0][name] = append(sides[0][name], ours[name])
					sides[1][name] = append(sides[1][name], theirs[name])
				}
			}
		}
	}
	if len(sides[0]) < agreementLeast {
		return 0, fmt.Errorf("%d operations have a benchmark, want %d", len(sides[0]), agreementLeast)
	}
	worst := 0.0
	for name := range sides[0] {
		worst = max(worst, math.Abs(quiet(sides[0][name])/quiet(sides[1][name])-1))
	}
	return worst, nil
}

// quiet is the lower quartile of figures: what a turn says in which the machine was little
// disturbed. A shared one is at two speeds by turns, and the median may be of either.
func quiet(figures []float64) float64 {
	s := slices.Sorted(slices.Values(figures))
	return s[len(s)/4]
}
