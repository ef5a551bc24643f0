package load

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// declaration asks the reference verifier what a strategy promises; nil where it doesn't
// tell.
func declaration(ctx context.Context, inst *targets.Instance, strategy string) *results.Declared {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, inst.Verifier+"/strategies", nil)
	if err != nil {
		return nil
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	var all map[string]verifier.Declared
	if resp.StatusCode != http.StatusOK || json.NewDecoder(resp.Body).Decode(&all) != nil || all[strategy] == (verifier.Declared{}) {
		return nil
	}
	d := results.Declared(all[strategy])
	return &d
}
