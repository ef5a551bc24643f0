package load

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// afterwards asks, when the load is over, about a sample of the tokens whose revocation was
// answered 200, and about those that somebody else tried to revoke.
type afterwards struct {
	ctx     context.Context // of the step
	inst    *targets.Instance
	form    string
	revoked *[]Token
	safe    []Token
	unknown string // why nobody knows
}

// sampled is how many of the revoked tokens are asked about.
const sampled = 100

// figures are what was found, each with the limit that a right server keeps.
func (a *afterwards) figures(Measurement) []results.Figure {
	if lack := a.inst.Target.Lacks([]targets.Capability{targets.Introspection, targets.Introspects(a.form)}); lack != "" {
		a.unknown = fmt.Sprintf("target %s doesn't declare %s", a.inst.Target.Name, lack)
		return nil
	}
	all := *a.revoked
	var sample []Token
	for i := range min(sampled, len(all)) {
		sample = append(sample, all[i*len(all)/min(sampled, len(all))])
	}
	active, err := a.active(sample)
	if err == nil {
		var kept int
		if kept, err = a.active(a.safe); err == nil {
			none := 0.0
			return []results.Figure{
				{Name: "revoked tokens asked about", Value: float64(len(sample))},
				{Name: "revoked tokens still active", Value: float64(active), Worse: results.WorseUp, Limit: &none},
				{Name: "tokens ended by who may not", Value: float64(len(a.safe) - kept), Worse: results.WorseUp, Limit: &none},
			}
		}
	}
	a.unknown = err.Error()
	return nil
}

// active counts the tokens that introspection says are active.
func (a *afterwards) active(tokens []Token) (n int, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), 30*time.Second)
	defer cancel()
	client := targets.NewHTTPClient(10*time.Second, 1)
	defer client.CloseIdleConnections()
	for _, t := range tokens {
		req, err := a.inst.Introspector.Post(ctx, a.inst.Endpoints[targets.IntrospectionEndpoint], url.Values{"token": {t.Value}})
		if err != nil {
			return 0, err
		}
		resp, err := client.Do(req)
		if err != nil {
			return 0, fmt.Errorf("introspect: %w", targets.Unanswered(err))
		}
		body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
		resp.Body.Close()
		var said struct {
			Active *bool `json:"active"`
		}
		if err != nil || resp.StatusCode != http.StatusOK || json.Unmarshal(body, &said) != nil || said.Active == nil {
			return 0, fmt.Errorf("introspection answered %d, and not whether the token is active", resp.StatusCode)
		}
		if *said.Active {
			n++
		}
	}
	return n, nil
}

// caveats say that nobody looked.
func (a *afterwards) caveats() []results.Warning {
	if a.unknown == "" {
		return nil
	}
	return []results.Warning{{Code: "revocation-unknown", Text: "whether the revoked tokens are revoked isn't known: " + a.unknown}}
}
