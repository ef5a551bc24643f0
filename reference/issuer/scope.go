package issuer

import (
	"slices"
	"strings"
)

// scopeToken enforces RFC 6749, section 3.3:
// scope-token = 1*( %x21 / %x23-5B / %x5D-7E ).
func scopeToken(s string) bool {
	return visible(s) && !strings.ContainsAny(s, `"\`)
}

// grantScope returns the scope of a token for what the client asked for, and
// false when it may not have all of that. Each scope occurs once, in the order of
// registration, so equal sets give equal strings.
//
// RFC 6749, section 3.3: a request without scope is answered with a default, or
// refused; the default here is all that the client is registered for.
func (c *client) grantScope(requested string) (string, bool) {
	if requested == "" || requested == c.allScopes {
		return c.allScopes, true
	}
	// One space separates two scopes; an empty scope-token is unknown like any other.
	wanted := strings.Split(requested, " ")
	for _, s := range wanted {
		if !slices.Contains(c.scopes, s) {
			return "", false
		}
	}
	granted := make([]string, 0, len(c.scopes))
	for _, s := range c.scopes {
		if slices.Contains(wanted, s) {
			granted = append(granted, s)
		}
	}
	return strings.Join(granted, " "), true
}

// narrowScope returns the asked scopes in the order of those granted, and false
// when one of them isn't.
func narrowScope(granted, asked string) (string, bool) {
	c := client{scopes: strings.Split(granted, " "), allScopes: granted}
	return c.grantScope(asked)
}
