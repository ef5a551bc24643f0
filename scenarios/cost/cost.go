// Package cost measures what one operation costs in one process: hashing a token
// into a store key, signing an access token, verifying one. Beside each operation
// it measures the operation's limit, the raw primitive on the same bytes, so that
// a figure says how much of it is cryptography and how much is everything around.
//
// In order of use: the table in table.go says what can be measured;
// [Scenario] puts it into a plan under names such as cost/sign/ES256/0.6k; its Run
// prepares the selected operations, measures them and their limits in short
// interleaved batches, and returns one row for each. [Calibrate] is apart: the
// speed of a fixed piece of work, by which two records are told to come from
// machines that were alike.
//
// The operations work on keys and tokens that the step makes for itself and
// forgets; nothing of them reaches a row, an error or a log.
package cost

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/heap"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// ID is the scenario's name, and the first word of its items.
const ID = "cost"

// Scenario returns the scenario that measures the operations of the table. The
// variables that it asks for are the URLs of the servers that hold a store.
func Scenario(getenv func(string) string) scenarios.Scenario {
	b := bench{table: table, now: time.Now, heap: readHeap, getenv: getenv}
	return scenarios.Scenario{
		Name:     ID,
		Title:    "what one hash, signature or verification costs in this process, beside the raw primitive on the same bytes",
		Items:    b.items(),
		Workload: b,
	}
}

// bench is the scenario with what it takes from its surroundings.
type bench struct {
	table  []operation
	now    func() time.Time
	heap   func() heapCount
	getenv func(string) string // nil for no variables
}

func (b bench) items() []string {
	items := make([]string, len(b.table))
	for i, op := range b.table {
		items[i] = ID + "/" + op.name
	}
	return items
}

// Plan implements [scenarios.Workload]: one step, in this process. The scenario as a
// whole leaves out what is large, unless the profile has time for it or it was named.
func (b bench) Plan(o scenarios.Options) ([]results.Step, []results.Skip) {
	var items []string
	for i, item := range b.items() {
		if slices.Contains(o.Items, item) || o.Whole && (o.Profile.Large || !b.table[i].large) && !slices.Contains(o.Without, item) {
			items = append(items, item)
		}
	}
	return []results.Step{{ID: ID, Kind: results.KindCost, Items: items, Takes: results.Duration(o.Profile.Budget),
		Does: fmt.Sprintf("%d operations in this process, for %v", len(items), o.Profile.Budget)}}, nil
}

// Run implements [scenarios.Workload]: it measures the operations that step.Items names,
// or all where it names none, each with its limit. It returns an error, beside the rows that it has, when an
// item is unknown, when an operation gives a wrong answer, and when ctx ends.
func (b bench) Run(ctx context.Context, step results.Step, site scenarios.Site) (results.StepResult, error) {
	defer heap.Hold()()
	m := newMaterial(ctx)
	m.getenv = b.getenv
	r, err := b.measure(ctx, m, step, site)
	if closed := m.close(); closed != nil {
		r.Verdict, r.Reason = results.Error, closed.Error()
		err = errors.Join(err, fmt.Errorf("cost: %w", closed))
	}
	return r, err
}

// measure is run on keys, tokens and stores that may already be there.
func (b bench) measure(ctx context.Context, m *material, step results.Step, site scenarios.Site) (results.StepResult, error) {
	r := results.StepResult{Step: step, Started: b.now()}
	subjects, skipped, err := b.prepare(ctx, m, step.Items, site.Progress)
	if err == nil {
		err = engine{
			now:      b.now,
			heap:     b.heap,
			order:    rand.New(rand.NewPCG(site.Seed, 0)),
			budget:   time.Duration(site.Budget),
			progress: site.Progress,
		}.measure(ctx, timed(subjects))
	}
	r.Costs, r.Skipped = rows(subjects), skipped
	r.Verdict, r.Reason = judge(subjects, skipped)
	r.Elapsed = results.Duration(b.now().Sub(r.Started))
	if err == nil {
		return r, nil
	}
	// An interrupted step stands with the rows that it has; any other error is ours.
	if interrupted := ctx.Err(); interrupted == nil || !errors.Is(err, interrupted) {
		r.Verdict, r.Reason = results.Error, err.Error()
	}
	return r, fmt.Errorf("cost: %w", err)
}

// prepare makes the subjects of the selected items, in the order of the table, and
// lists those that can't be measured here.
func (b bench) prepare(ctx context.Context, m *material, items []string, progress func(float64, string)) ([]*subject, []results.Skip, error) {
	known := b.items()
	for _, item := range items {
		if !slices.Contains(known, item) {
			return nil, nil, fmt.Errorf("select %q: no such operation", item)
		}
	}
	var subjects []*subject
	var skipped []results.Skip
	for i, op := range b.table {
		if len(items) > 0 && !slices.Contains(items, known[i]) {
			continue
		}
		// An RSA key takes a good part of a second to make.
		if err := ctx.Err(); err != nil {
			return nil, nil, fmt.Errorf("prepare %s: %w", op.name, err)
		}
		progress(0, "prepare "+op.name)
		does, limit, err := op.prepare(m)
		var absent notRun
		switch {
		case errors.As(err, &absent):
			kind := results.NotRun
			if absent.lacks {
				kind = results.NotApplicable
			}
			skipped = append(skipped, results.Skip{ID: known[i], Kind: kind, Reason: absent.reason})
			continue
		case err != nil:
			return nil, nil, fmt.Errorf("prepare %s: %w", op.name, err)
		}
		s := &subject{name: op.name, work: does, tail: op.tail}
		subjects = append(subjects, s)
		if limit != nil {
			s.limit = &subject{name: "limit/" + op.name, work: limit, tail: s.tail}
			subjects = append(subjects, s.limit)
		}
	}
	return subjects, skipped, nil
}

// fewNamed is how many rows a reason names.
const fewNamed = 5

// judge answers for the step: a row without enough batches makes it inconclusive,
// unless its operation is so slow that more were never planned.
func judge(subjects []*subject, skipped []results.Skip) (results.Verdict, string) {
	var few []string
	for _, s := range timed(subjects) {
		enough := minBatches
		if s.slow() && s.due > 0 {
			enough = slowBatches
		}
		if len(s.times) < enough {
			few = append(few, fmt.Sprintf("%s (%d)", s.name, len(s.times)))
		}
	}
	switch {
	case len(subjects) == 0 && len(skipped) > 0:
		return results.None, "nothing that was selected can be measured here: " + skipped[0].Reason
	case len(subjects) == 0:
		return results.Inconclusive, "nothing was measured"
	case len(few) > 0:
		slices.Sort(few)
		more := ""
		if n := len(few); n > fewNamed {
			few, more = few[:fewNamed], fmt.Sprintf(" and %d others; the machine is too busy, or the profile too short", n-fewNamed)
		}
		return results.Inconclusive, "too few batches: " + strings.Join(few, ", ") + more
	}
	return results.Pass, ""
}
