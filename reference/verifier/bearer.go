package verifier

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/jwt"
)

var (
	errNoCredentials = errors.New("no credentials")
	errMalformed     = errors.New("malformed credentials")
)

// The schemes that a token can come with.
const (
	schemeBearer = "Bearer" // RFC 6750, section 2.1
	schemeDPoP   = "DPoP"   // RFC 9449, section 7.1
)

// credentials is an access token as it was presented.
type credentials struct{ scheme, token string }

// presented returns the access token of a request. The error is errNoCredentials when
// it has none, or of another scheme; or errMalformed.
func presented(r *http.Request) (credentials, error) {
	c, err := authorization(r.Header["Authorization"])
	if err != nil {
		return c, err
	}
	if err := checkOneMethod(r.URL); err != nil {
		return c, err
	}
	return c, nil
}

// authorization reads the values of the Authorization header, the only place where a
// token is looked for. RFC 9700, section 4.3.2, warns of tokens in a query string, and
// OAuth 2.1 has them ignored. The body belongs to the handler.
//
// RFC 9110, section 5.3: Authorization isn't a list, so a request has at most one.
func authorization(values []string) (credentials, error) {
	switch len(values) {
	case 0:
		return credentials{}, errNoCredentials
	case 1:
	default:
		return credentials{}, errMalformed
	}
	given, rest, separated := strings.Cut(values[0], " ")
	c := credentials{scheme: knownScheme(given)}
	if c.scheme == "" {
		return c, errNoCredentials
	}
	// RFC 6750, section 2.1: credentials = "Bearer" 1*SP b64token; RFC 9449, section
	// 7.1, has its token68 for DPoP, which is the same.
	token := strings.TrimLeft(rest, " ")
	if !separated || !isB64Token(token) {
		return c, errMalformed
	}
	c.token = token
	return c, nil
}

// RFC 9110, section 11.1: the scheme is case-insensitive.
func knownScheme(given string) string {
	switch {
	case strings.EqualFold(given, schemeBearer):
		return schemeBearer
	case strings.EqualFold(given, schemeDPoP):
		return schemeDPoP
	}
	return ""
}

// RFC 6750, section 2: clients use one method to send the token. A token in the URL
// reaches every log on the way.
func checkOneMethod(u *url.URL) error {
	if u.RawQuery == "" {
		return nil
	}
	if _, twice := u.Query()["access_token"]; twice {
		return errMalformed
	}
	return nil
}

// checkLength bounds the work of every strategy by the longest token that an issuer makes.
func (g *Guard) checkLength(c credentials) error {
	if len(c.token) > cmp.Or(g.MaxToken, jwt.MaxToken) {
		return claims.Refuse(claims.ReasonTooLong)
	}
	return nil
}

// isB64Token is the grammar of RFC 6750, section 2.1:
//
//	b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
func isB64Token(s string) bool {
	body := strings.TrimRight(s, "=")
	for i := range len(body) {
		if !b64[body[i]] {
			return false
		}
	}
	return body != ""
}

var b64 = func() (allowed [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/") {
		allowed[c] = true
	}
	return allowed
}()
