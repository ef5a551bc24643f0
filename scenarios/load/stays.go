package load

import (
	"fmt"
	"net/url"

	"github.com/oauthmark/oauthmark/targets"
)

// stays refuses traffic that would leave this machine for a host that nobody allowed to
// be loaded. A plan refuses such a target; this looks at the very requests.
func stays(t Traffic, target targets.Target) error {
	seen := map[string]bool{}
	for _, list := range [][]Request{t.Requests, t.Warm} {
		for _, r := range list {
			if seen[r.URL] {
				continue
			}
			seen[r.URL] = true
			if u, err := url.Parse(r.URL); err != nil || !target.MayLoadHost(u.Hostname()) {
				return fmt.Errorf("%s goes to a host that is neither this machine nor one that --allow-host names", r.About)
			}
		}
	}
	return nil
}
