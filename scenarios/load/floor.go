package load

import (
	"context"
	"net/http"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// floor is the scenario beside which the others are read.
const floor = "load/floor"

// floorScenario is load/floor: the resource server answers without judging anything, over
// the same path and at the same rate. What that takes is the generator's and the resource
// server's own share of every other figure.
func floorScenario() []scenarios.Scenario {
	return []scenarios.Scenario{{Name: floor, Title: "a resource server that does nothing, under the same load: our own share of what is measured",
		Workload: workload{name: floor, floor: true,
			cells: func(targets.Target, scenarios.Options) ([]cell, string) {
				return []cell{{axes: []results.Axis{{Name: "strategy", Value: "floor"}}}}, ""
			},
			traffic: func(_ context.Context, _ results.Step, site scenarios.Site) (Traffic, error) {
				ask := Request{URL: site.Instance.Verifier + "/floor", About: "a request that everybody may make", Right: Allow,
					Read: func(status int, _ []byte) (Answer, string) {
						if status == http.StatusOK {
							return Allow, ""
						}
						return Unjudged, ""
					}}
				return Traffic{Requests: []Request{ask}, Warm: []Request{ask}}, nil
			}}}}
}
