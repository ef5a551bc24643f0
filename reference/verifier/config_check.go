package verifier

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/store/redis"
)

// check returns all that is missing or wrong: a member left empty must never turn
// into a check that isn't made.
func (c Config) check() error {
	var problems []string
	complain := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }

	for _, member := range []struct{ name, value string }{
		{"issuer", c.Issuer}, {"resource", c.Resource}, {"client_id", c.ClientID}, {"client_secret", string(c.ClientSecret)},
	} {
		if member.value == "" {
			complain("%s is empty", member.name)
		}
	}
	// The resource is also the realm of a challenge, a quoted-string (RFC 9110, section 5.6.4).
	if strings.ContainsFunc(c.Resource, func(r rune) bool { return r < ' ' || r > '~' }) {
		complain("resource has a character outside printable ASCII")
	}
	for _, member := range []struct{ name, value string }{
		{"introspection_endpoint", c.IntrospectionEndpoint}, {"jwks_uri", c.JWKSURI},
	} {
		if err := checkURL(member.value); err != nil {
			complain("%s %s", member.name, err)
		}
	}
	if len(c.Algorithms) == 0 {
		complain("algorithms is empty")
	}
	for i, name := range c.Algorithms {
		if !slices.Contains(Algorithms(), name) {
			complain("algorithms has %q, which is none of %s", name, strings.Join(Algorithms(), ", "))
		} else if slices.Contains(c.Algorithms[:i], name) {
			complain("algorithms has %s twice", name)
		}
	}
	if err := checkURL(c.EventsURI); c.EventsURI != "" && err != nil {
		complain("events_uri %s", err)
	}
	if c.SharedCache != "" {
		entries, err := redis.NewEntries(string(c.SharedCache), sharedTimeout)
		if err != nil {
			complain("shared_cache is not the URL of a Redis server, such as redis://host:6379/0")
		} else {
			_ = entries.Close()
		}
	}
	if c.EventsSilence < 0 {
		complain("events_silence is %s, below 0", c.EventsSilence)
	}
	if c.Cache.TTL <= 0 {
		complain("cache.ttl is %s, not above 0", c.Cache.TTL)
	}
	if c.Cache.NegativeTTL < 0 {
		complain("cache.negative_ttl is %s, below 0", c.Cache.NegativeTTL)
	}
	if c.Cache.StaleWhileRevalidate < 0 || c.Cache.StaleIfError < 0 {
		complain("cache.stale_while_revalidate or cache.stale_if_error is below 0")
	}
	if c.Cache.Entries < 2 {
		complain("cache.entries is %d, below 2", c.Cache.Entries)
	}
	if c.Cache.Bytes != 0 && c.Cache.Bytes < c.Cache.Entries {
		complain("cache.bytes is %d, fewer than cache.entries", c.Cache.Bytes)
	}
	c.checkLocal(complain)
	c.checkHTTP(complain)
	if len(problems) > 0 {
		return fmt.Errorf("verifier configuration: %s", strings.Join(problems, "; "))
	}
	return nil
}

// checkURL returns what is wrong with an endpoint. It doesn't quote it, since it may hold
// credentials.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case raw == "":
		return errors.New("is empty")
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return errors.New("is not an absolute http or https URL")
	case u.User != nil:
		return errors.New("has credentials in it")
	case u.Fragment != "":
		return errors.New("has a fragment")
	}
	return nil
}
