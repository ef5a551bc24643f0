package scenarios

import (
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// Profile is how much time a run spends: the same scenarios, measured more or less
// thoroughly. The zero value of a setting is not a setting.
type Profile struct {
	Name        string
	Repetitions int             // of each load step, interleaved
	Load        results.Offered // by one load step
	Budget      time.Duration   // of an in-process scenario
	// Large says that there is time for what takes long, without its being named.
	Large bool
}

// Profiles lists the profiles, from the fastest.
//
// The rate is one that an ordinary machine holds with the generator, the issuer and
// the verifier all on it: latency is a property of a system that isn't overloaded.
func Profiles() []Profile {
	profile := func(name string, repetitions int, duration, budget time.Duration) Profile {
		return Profile{Name: name, Repetitions: repetitions, Budget: budget, Load: results.Offered{
			Rate: 400, Duration: results.Duration(duration), Tokens: 100, Arrivals: results.Poisson, Warm: results.Steady,
		}}
	}
	thorough := profile("thorough", 10, 5*time.Second, 40*time.Second)
	thorough.Large = true
	return []Profile{profile("quick", 1, time.Second, 2*time.Second), profile("standard", 3, 2*time.Second, 9*time.Second), thorough}
}
