package verifier

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxKeyMaxAge is the longest that keys may be used without a look at the issuer's.
const maxKeyMaxAge = 24 * time.Hour

// checkLocal complains of the members that only strategies over self-contained tokens use.
func (c Config) checkLocal(complain func(format string, args ...any)) {
	if age := time.Duration(c.KeyMaxAge); age < 0 || age > maxKeyMaxAge {
		complain("key_max_age is %s, not between 0 and %s", age, maxKeyMaxAge)
	}
	for _, member := range []struct{ name, value string }{{"denylist_uri", c.DenylistURI}, {"status_uri", c.StatusURI}} {
		if member.value == "" {
			continue
		}
		if err := checkURL(member.value); err != nil {
			complain("%s %s", member.name, err)
		}
	}
	switch {
	case c.DenylistSet == "":
	case !slices.Contains(DenylistSets(), c.DenylistSet):
		complain("denylist_set is none of %s", strings.Join(DenylistSets(), ", "))
	case c.DenylistSet == SetBloomOnline && c.StatusURI == "":
		complain("status_uri is empty, and denylist_set %s asks there", SetBloomOnline)
	}
	if origin := c.StatusListOrigin; origin != "" {
		if u, err := url.Parse(origin); checkURL(origin) != nil || err != nil || originOf(u) != origin {
			complain("status_list_origin is not a scheme, a host and no more")
		}
	}
}

// originOf returns scheme, host and port of an address, the first two in lower case.
func originOf(u *url.URL) string {
	return strings.ToLower(u.Scheme) + "://" + strings.ToLower(u.Host)
}
