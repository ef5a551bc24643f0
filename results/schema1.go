package results

import "encoding/json"

// A record of schema version 1 said what a step is by the members that it had. Reading
// one gives each step what version 2 says.

type step1 struct {
	Scenario string   `json:"scenario"`
	Strategy string   `json:"strategy"`
	Kind     string   `json:"token_kind"`
	Form     string   `json:"token_form"`
	Rate     float64  `json:"rate"`
	Arrivals Arrivals `json:"arrivals"`
	Duration Duration `json:"duration"`
	Workers  int      `json:"workers"`
	Tokens   int      `json:"tokens"`
}

func (old step1) upgrade(s *Step) {
	switch {
	case old.Strategy != "":
		s.Kind, s.Scenario = KindLoad, "load/"+old.Strategy
		s.Axes = []Axis{{Name: "strategy", Value: old.Strategy}, {Name: "form", Value: old.Form, Class: old.Kind}}
		s.Load = &Offered{Arrivals: old.Arrivals, Rate: old.Rate, Duration: old.Duration, Workers: old.Workers, Tokens: old.Tokens}
	case old.Scenario == "cost":
		s.Kind = KindCost
	default:
		s.Kind, s.Remote = KindConformance, true
	}
}

// upgrade completes a run that was read from data of schema version 1.
func upgrade(run *Run, data []byte) error {
	var old struct {
		Plan struct {
			Steps []step1 `json:"steps"`
		} `json:"plan"`
		Steps []struct {
			Step   step1 `json:"step"`
			Series *struct {
				Upstream *struct {
					Introspections int64 `json:"introspections"`
					JWKSFetches    int64 `json:"jwks_fetches"`
					CacheHits      int64 `json:"cache_hits"`
					CacheMisses    int64 `json:"cache_misses"`
					Coalesced      int64 `json:"coalesced"`
				} `json:"upstream"`
			} `json:"series"`
		} `json:"steps"`
	}
	if err := json.Unmarshal(data, &old); err != nil {
		return err
	}
	for i, s := range old.Plan.Steps {
		s.upgrade(&run.Plan.Steps[i])
	}
	for i, s := range old.Steps {
		s.Step.upgrade(&run.Steps[i].Step)
		if s.Series != nil && s.Series.Upstream != nil {
			u := s.Series.Upstream
			run.Steps[i].Series.Counters = []Counter{
				{"introspections", "issuer", true, u.Introspections}, {"jwks_fetches", "issuer", false, u.JWKSFetches},
				{"cache_hits", "", false, u.CacheHits}, {"cache_misses", "", false, u.CacheMisses}, {"coalesced", "", false, u.Coalesced},
			}
		}
	}
	run.Schema = SchemaVersion
	return nil
}
