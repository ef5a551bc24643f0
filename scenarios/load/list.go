package load

import (
	"slices"

	"github.com/oauthmark/oauthmark/scenarios"
)

// Scenarios lists the load scenarios. A new one is a file, and its line here.
func Scenarios() []scenarios.Scenario {
	return slices.Concat(
		resourceScenarios(),
		floorScenario(),
		floodScenarios(),
		herdScenarios(),
		tlsScenario(),
	)
}
