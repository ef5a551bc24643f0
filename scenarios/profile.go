package scenarios

import (
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// Profile is how much time a run spends: the same scenarios, measured more or less
// thoroughly. The zero value of a setting is not a setting.
type Profile struct {
	Name        string
	Repetitions int           // of each load step, interleaved
	Duration    time.Duration // of one load step
	Rate        float64       // requests per second
	Budget      time.Duration // of an in-process scenario
	Workers     int           // most requests in flight
	Tokens      int           // distinct tokens of a load step
	Arrivals    results.Arrivals
}

// Profiles lists the profiles, from the fastest.
//
// The rate is one that an ordinary machine holds with the generator, the issuer and
// the verifier all on it: latency is a property of a system that isn't overloaded.
func Profiles() []Profile {
	base := Profile{Rate: 400, Workers: 64, Tokens: 100, Arrivals: results.Poisson}
	quick, standard, thorough := base, base, base
	quick.Name, quick.Repetitions, quick.Duration, quick.Budget = "quick", 1, time.Second, 2*time.Second
	standard.Name, standard.Repetitions, standard.Duration, standard.Budget = "standard", 3, 2*time.Second, 9*time.Second
	thorough.Name, thorough.Repetitions, thorough.Duration, thorough.Budget = "thorough", 10, 5*time.Second, 40*time.Second
	return []Profile{quick, standard, thorough}
}
