package cost

import (
	"testing"

	"github.com/oauthmark/oauthmark/reference/issuer"
)

// A limit that allocates more than the issuer isn't the least that it takes. It isn't
// parallel: the counters are the process's.
func TestLimitOfSecretAllocatesNoMore(t *testing.T) {
	does, limit, err := recognizing(issuer.SHA256)(newMaterial(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	count := func(w work) float64 { return testing.AllocsPerRun(100, func() { _ = w.Do(1) }) }
	if issuer, limit := count(does), count(limit); limit > issuer {
		t.Errorf("the issuer allocates %v times and its limit %v", issuer, limit)
	}
}
