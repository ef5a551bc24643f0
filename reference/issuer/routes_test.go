package issuer

import (
	"net/http"
	"net/url"
	"testing"
)

// Each URL that the metadata has is served, and each route with a member is there.
func TestMetadataNamesWhatIsServed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Config{"plain": testConfig(), "all grants": partyConfig()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := newIssuer(t, c, newClock())
			var m metadata
			named := map[string]bool{}
			for _, r := range routeTable {
				if r.member == nil {
					continue
				}
				if *r.member(&m) != "" {
					t.Errorf("two routes have the member of %s", r.path)
				}
				*r.member(&m) = r.path
			}
			for member, value := range object(t, do(i, request{method: "GET", path: pathMetadata})) {
				text, _ := value.(string)
				u, err := url.Parse(text)
				if err != nil || member == "issuer" || u.Path == "" {
					continue
				}
				named[u.Path] = true
				if w := do(i, request{method: "DELETE", path: u.Path}); w.Code != http.StatusMethodNotAllowed {
					t.Errorf("%s: DELETE %s has status %d", member, u.Path, w.Code)
				}
			}
			for _, r := range i.offers() {
				if named[r.path] != (r.member != nil) {
					t.Errorf("%s: named %t", r.path, named[r.path])
				}
			}
			for _, r := range routeTable {
				if _, served := i.routes[r.path]; served != (r.offered == nil || r.offered(i)) {
					t.Errorf("%s: served %t", r.path, served)
				}
			}
		})
	}
}
