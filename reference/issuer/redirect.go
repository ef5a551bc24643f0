package issuer

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// validRedirect enforces RFC 6749, section 3.1.2: an absolute URI without fragment.
func validRedirect(uri string) error {
	u, err := url.Parse(uri)
	switch {
	case err != nil || !visible(uri) || u.Scheme == "":
		return errors.New("not an absolute URI")
	case strings.Contains(uri, "#"):
		return errors.New("has a fragment")
	case u.Scheme == "javascript" || u.Scheme == "data":
		return errors.New("is a script, not a place")
	}
	return nil
}

// mayRedirect reports whether a redirection URI is one of the client's. RFC 9700, section
// 2.1: compared exactly, but for the port of a loopback address.
func (c *client) mayRedirect(uri string) bool {
	return slices.ContainsFunc(c.redirectURIs, func(registered string) bool {
		return registered == uri || anyPort(registered) == anyPort(uri)
	})
}

// anyPort returns a URI without its port if that is of a loopback address, on which a native
// application gets whichever port is free: RFC 8252, section 7.3, "MUST allow any port". A
// name such as localhost isn't meant (section 8.3), nor https.
func anyPort(uri string) string {
	for _, host := range []string{"http://127.0.0.1", "http://[::1]"} {
		rest, ok := strings.CutPrefix(uri, host)
		if !ok {
			continue
		}
		if with, ok := strings.CutPrefix(rest, ":"); ok {
			digits := len(with) - len(strings.TrimLeft(with, "0123456789"))
			if port, err := strconv.ParseUint(with[:digits], 10, 16); err != nil || port == 0 {
				return uri
			}
			rest = with[digits:]
		}
		if rest == "" || rest[0] == '/' || rest[0] == '?' {
			return host + rest
		}
	}
	return uri
}
