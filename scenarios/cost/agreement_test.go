package cost

import (
	"context"
	"flag"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

var turns = flag.Int("turns", 1, "how often BenchmarkAgreement goes over its operations")

// agreementTurn is how long the scenario measures one operation; a like -benchtime gives
// its twin as much. It is short, for a shared machine is at one speed for no longer, and
// long enough for the collector to run in most of its epochs.
const agreementTurn = 60 * minBatch

// BenchmarkAgreement measures operations by turns with the scenario and as Go's
// benchmarks do, side by side and in either order, so that what disturbs the machine
// disturbs both alike; and the twins at each depth of the stack, as batches are. Neither
// side holds the scenario's heap: both collect garbage as benchmarks do. The lines of the scenario have "scenario/" before the operation.
func BenchmarkAgreement(b *testing.B) {
	m := newMaterial(b.Context())
	all := twins(b, m)
	for turn := range *turns {
		for i := 0; i < len(all); i += 2 {
			does, limit := all[i], all[i+1]
			twins := func() {
				for _, t := range []twin{does, limit} {
					b.Run(t.name, func(b *testing.B) { atDepth(turn%depths, func() { t.bench(b) }) })
				}
			}
			if turn%2 == 0 {
				twins()
			}
			for _, c := range measureOn(b, m, does.name, uint64(turn)) {
				ns, _, _ := c.Figure()
				b.Run("scenario/"+c.Operation, func(b *testing.B) { b.ReportMetric(ns, "ns/op") })
			}
			if turn%2 != 0 {
				twins()
			}
		}
	}
}

// measureOn is the scenario's run for one operation, with keys that were made before.
func measureOn(b *testing.B, m *material, operation string, seed uint64) []results.Cost {
	s := bench{table: table, now: time.Now, heap: readHeap}
	site := scenarios.Site{Seed: seed, Budget: results.Duration(mostParts * agreementTurn), Progress: func(float64, string) {}}
	r, err := s.measure(context.Background(), m, results.Step{ID: ID, Scenario: ID, Items: []string{ID + "/" + operation}}, site)
	if err != nil {
		b.Fatal(err)
	}
	if len(r.Costs) != 2 {
		b.Fatalf("%s: %d rows, want it and its limit", operation, len(r.Costs))
	}
	return r.Costs
}
