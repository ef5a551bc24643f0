package verifier

import (
	"errors"
	"strings"
)

var (
	errNoCredentials = errors.New("no bearer credentials")
	errMalformed     = errors.New("malformed bearer credentials")
)

// bearerToken returns the access token from the values of the Authorization header,
// the only place where it is looked for: RFC 9700, section 4.3.2 warns of tokens in
// a query string, and OAuth 2.1 has them ignored. The error is errNoCredentials
// when the request uses no or another scheme, or errMalformed.
//
// RFC 9110, section 5.3: Authorization isn't a list, so a request has one at most;
// which of two would count is anyone's guess.
func bearerToken(values []string) (string, error) {
	switch len(values) {
	case 0:
		return "", errNoCredentials
	case 1:
	default:
		return "", errMalformed
	}
	// RFC 9110, section 11.1: the scheme is case-insensitive.
	scheme, rest, separated := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", errNoCredentials
	}
	// RFC 6750, section 2.1: credentials = "Bearer" 1*SP b64token
	token := strings.TrimLeft(rest, " ")
	if !separated || !isB64Token(token) {
		return "", errMalformed
	}
	return token, nil
}

// isB64Token is the grammar of RFC 6750, section 2.1:
//
//	b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
func isB64Token(s string) bool {
	body := strings.TrimRight(s, "=")
	for i := range len(body) {
		switch c := body[i]; {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		case strings.IndexByte("-._~+/", c) >= 0:
		default:
			return false
		}
	}
	return body != ""
}
