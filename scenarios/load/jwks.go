package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// jwksScenario is jwks: the key set under load, fetched as a resource server fetches it.
func jwksScenario() []scenarios.Scenario {
	return []scenarios.Scenario{{Name: "jwks", Title: "the JWK Set under load", With: []string{floor},
		Workload: workload{name: "jwks", alone: true, traffic: keySets,
			cells: func(targets.Target, scenarios.Options) ([]cell, string) {
				return []cell{{axes: []results.Axis{{Name: "document", Value: "key-set"}}, needs: []targets.Capability{targets.JWKS}}}, ""
			}}}}
}

// keySets is the traffic of fetching the set. It is compared with the one before the load:
// a key that is gone makes good tokens bad.
func keySets(ctx context.Context, _ results.Step, site scenarios.Site) (Traffic, error) {
	endpoint := site.Instance.Endpoints[targets.JWKSEndpoint]
	body, err := fetchKeySet(ctx, endpoint)
	if err != nil {
		return Traffic{}, fmt.Errorf("fetch the key set: %w", err)
	}
	known, why := keyNames(body)
	if why != "" {
		return Traffic{}, errors.New("fetch the key set: " + why)
	}
	get := Request{URL: endpoint, Header: http.Header{"Accept": {"application/jwk-set+json, application/json"}}, About: "the key set", Right: Allow,
		Read: func(status int, body []byte) (Answer, string) {
			if status != http.StatusOK {
				return Unjudged, ""
			}
			if len(body) >= maxBody {
				return Unjudged, "the set is longer than is read of it"
			}
			names, why := keyNames(body)
			for _, name := range known {
				if why == "" && !slices.Contains(names, name) {
					why = "the key set lacks a key that it had before the load"
				}
			}
			return Allow, why
		}}
	return Traffic{Requests: []Request{get}, Warm: []Request{get}}, nil
}

func fetchKeySet(ctx context.Context, endpoint string) ([]byte, error) {
	client := targets.NewHTTPClient(10*time.Second, 1)
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, targets.Unanswered(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answered %d", resp.StatusCode)
	}
	return io.ReadAll(io.LimitReader(resp.Body, maxBody))
}

// keyNames lists the keys of a set by what tells them apart, and says what is wrong with it.
// RFC 7517, section 5: keys is an array; section 4.1: each has a kty. A private or shared key
// there (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1, and RFC 9964) lets anybody sign.
func keyNames(body []byte) (names []string, why string) {
	var set struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil || len(set.Keys) == 0 {
		return nil, fmt.Sprintf("the key set is no JSON object with keys (%d bytes; RFC 7517, section 5)", len(body))
	}
	for _, key := range set.Keys {
		if kty, _ := key["kty"].(string); kty == "" {
			return nil, "a key of the set has no kty (RFC 7517, section 4.1)"
		}
		for _, private := range []string{"d", "k", "p", "q", "dp", "dq", "qi", "oth", "priv"} {
			if key[private] != nil {
				return nil, "a key of the set has a private member, which lets anybody sign"
			}
		}
		names = append(names, fmt.Sprint(key["kid"], key["kty"], key["x"], key["n"], key["pub"]))
	}
	return names, ""
}
