package main

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/results"
)

// A rate that the processors can't carry is refused beforehand, with the one that fits. An
// ordinary one isn't tried at all, and what can't be known refuses nothing.
func TestCarried(t *testing.T) {
	t.Parallel()
	cores := float64(runtime.GOMAXPROCS(0))
	for _, tt := range []struct {
		arrivals results.Arrivals
		rate     float64
		fits     float64 // of what is tried; 0 for what isn't known
		tried    bool
		refused  string
	}{
		{results.Poisson, 400, 1, false, ""},
		{results.Poisson, 1000 * cores, 1, false, ""},
		{results.Poisson, 5000 * cores, 20_000.7 * cores, true, ""},
		{results.Poisson, 50_000 * cores, 20_000.7, true, "a rate of 20000 or less fits"},
		{results.Replayed, 50_000 * cores, 20_000.7, true, "a rate of 20000 or less fits"},
		{results.Poisson, 50_000 * cores, 0, true, ""},
		{results.Closed, 50_000 * cores, 1, false, ""},
	} {
		tried := false
		plan := results.Plan{Steps: []results.Step{{ID: "cost"}, {ID: "a", Load: &results.Offered{Arrivals: tt.arrivals, Rate: tt.rate}}, {ID: "b", Load: &results.Offered{Rate: 10}}}}
		err := new(settings).carried(t.Context(), plan, func(context.Context) (float64, error) {
			tried = true
			if tt.fits == 0 {
				return 0, errors.New("unknown")
			}
			return tt.fits, nil
		})
		if tried != tt.tried || (err == nil) != (tt.refused == "") || err != nil && (!strings.Contains(err.Error(), tt.refused) || exitCode(err) != exitUsage) {
			t.Errorf("%+v: tried %v, error %v", tt, tried, err)
		}
	}
}
