package verifier

import (
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Made, used and closed, a verifier leaves no goroutine of its own behind. Not parallel:
// the others' would be counted.
func TestCloseLeavesNothing(t *testing.T) {
	u := newUpstream(t)
	u.answer(200, `{"active":true}`)
	for range 3 {
		config := u.config()
		config.EventsURI, config.DenylistURI, config.StatusURI = u.url+"/events", u.url+"/denylist", u.url+"/status"
		config.SharedCache = "redis://127.0.0.1:1/0"
		c := newClock()
		v, err := New(config, Options{Now: c.now})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range v.strategies {
			_, _ = s.Judge(t.Context(), tokenOf(t, c, "ES256"))
		}
		v.Close()
		v.Close()
	}
	own := []string{"revocationStream", "periodicCleanUp", "flight[", "redis"}
	await(t.Context(), t, func() bool { // what still runs is in the stacks that a timeout prints
		stacks := make([]byte, 1<<20)
		all := string(stacks[:runtime.Stack(stacks, true)])
		return !slices.ContainsFunc(own, func(name string) bool { return strings.Contains(all, name) })
	})
}
