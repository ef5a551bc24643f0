//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/oauthmark/oauthmark/results"
)

func costBounds() []bound {
	return []bound{
		{name: "cost/agreement", what: "worst difference of an operation's cost from what 'go test -bench' says of it by turns, of 16", atMost: true, limit: 0.10, measure: agreement},
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
		var err error
		if runs[i], err = measureCosts(ctx, program); err != nil {
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
func measureCosts(ctx context.Context, program string) (map[string]results.Cost, error) {
	dir, err := os.MkdirTemp("", "bench-self-cost-")
	if err != nil {
		return nil, fmt.Errorf("make folder for records: %w", err)
	}
	defer os.RemoveAll(dir)
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
	agreementTurns = 48
	agreementLeast = 10 // operations, or there is nothing to be said
)

// agreement has operations measured by turns with the scenario and by Go's benchmarks,
// and returns how far the two are apart, of the operation that is farthest: the median
// of the turns, for what disturbs the machine in one seldom disturbs both sides alike.
func agreement(ctx context.Context, _ string) (float64, error) {
	program, err := buildBenchmarks(ctx)
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(filepath.Dir(program))
	figures, err := runAgreement(ctx, program, agreementTurns)
	if err != nil {
		return 0, err
	}
	worst, operations := 0.0, 0
	for name, theirs := range figures {
		ours := figures[ofScenario+name]
		if len(ours) == 0 || len(ours) != len(theirs) {
			continue
		}
		operations++
		ratios := make([]float64, len(ours))
		for i := range ours {
			ratios[i] = ours[i] / theirs[i]
		}
		worst = max(worst, math.Abs(median(ratios)-1))
	}
	if operations < agreementLeast {
		return 0, fmt.Errorf("%d operations were measured both ways, want %d", operations, agreementLeast)
	}
	return worst, nil
}
