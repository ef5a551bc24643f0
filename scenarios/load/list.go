package load

import (
	"slices"

	"github.com/oauthmark/oauthmark/scenarios"
)

// Scenarios lists the load scenarios. A new one is a file, and its line here.
func Scenarios() []scenarios.Scenario {
	of := share(machineStores())
	return slices.Concat(
		resourceScenarios(of),
		rttScenarios(of),
		outageScenarios(of),
		cacheScenario(of),
		floorScenario(),
		revocationScenarios(of),
		rotationScenarios(of),
		refreshScenario(),
		issueScenario(),
		introspectScenario(),
		revokeScenario(),
		jwksScenario(),
		capacityScenario(of),
		floodScenarios(),
		herdScenarios(),
		tlsScenario(),
	)
}
