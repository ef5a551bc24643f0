//go:build unix

package main

import (
	"context"
	"fmt"
	"os/exec"
	"time"
)

func startBounds() []bound {
	return []bound{{
		// Not a ratio: what a person waits for has no other side.
		name: "start/version", what: "start-up of 'oauthmark version', median", atMost: true, limit: 50, unit: " ms",
		measure: func(ctx context.Context, program string) (float64, error) {
			var took []float64
			for range 21 {
				began := time.Now()
				if out, err := exec.CommandContext(ctx, program, "version").CombinedOutput(); err != nil {
					return 0, fmt.Errorf("%s version: %w: %s", program, err, out)
				}
				took = append(took, time.Since(began).Seconds()*1000)
			}
			return median(took[1:]), nil // the first reads the program from disk
		},
	}}
}
