package issuer

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// codeLifetime is how long an authorization code is good, in seconds. RFC 6749,
// section 4.1.2: it MUST be short, and ten minutes are the RECOMMENDED most.
const codeLifetime = 60

// serveAuthorization is the authorization endpoint (RFC 6749, section 3.1) for load:
// the user is the one of login_hint, and consents at once.
func (i *Issuer) serveAuthorization(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		(&problem{http.StatusMethodNotAllowed, "invalid_request", "the method must be GET"}).write(w)
		return
	}
	f, p := readQuery(r)
	if p != nil {
		p.write(w)
		return
	}
	// RFC 6749, section 4.1.2.1: without a client and a redirection URI that belong
	// together, nothing is sent to that URI.
	c, known := i.clients[f.get("client_id")]
	redirect := f.get("redirect_uri")
	if !known || !c.mayRedirect(redirect) {
		invalidRequest("client_id or redirect_uri is missing or not registered").write(w)
		return
	}
	code, p := i.authorize(r, c, f)
	answer := url.Values{"iss": {i.issuer}} // RFC 9207, section 2
	if p != nil {
		answer.Set("error", p.code)
		answer.Set("error_description", p.description)
	} else {
		answer.Set("code", code)
	}
	// RFC 6749, section 4.1.2: state as it was received.
	if f.has("state") {
		answer.Set("state", f.get("state"))
	}
	h := w.Header()
	h["Cache-Control"], h["Pragma"] = noStore, noCache
	h.Set("Referrer-Policy", "no-referrer") // RFC 9700, section 4.2.4
	h.Set("Location", withQuery(redirect, answer))
	w.WriteHeader(http.StatusFound)
}

// authorize returns a code for a request, or the error to be redirected.
func (i *Issuer) authorize(r *http.Request, c *client, f form) (string, *problem) {
	switch f.get("response_type") {
	case "code":
	case "":
		return "", invalidRequest("response_type is missing")
	default:
		return "", badRequest("unsupported_response_type", "the only response_type is code")
	}
	// OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1: an answer in
	// another place than the client reads would be none.
	if mode := f.get("response_mode"); mode != "" && mode != "query" {
		return "", invalidRequest("the only response_mode is query")
	}
	if !slices.Contains(c.grants, AuthorizationCode) {
		return "", badRequest("unauthorized_client", "the client is not registered for authorization_code")
	}
	// RFC 7636, section 4.4.1, for a server that requires PKCE. Without a method it
	// would be plain (section 4.3), which shows the verifier to whoever sees the
	// request (section 7.2).
	if f.get("code_challenge_method") != "S256" || !challengeS256(f.get("code_challenge")) {
		return "", invalidRequest("a code_challenge of the method S256 is required")
	}
	// RFC 9449, section 10: dpop_jkt binds the code to a key. It has the form of such a
	// challenge, the base64url of a SHA-256.
	var bound *token.Confirmation
	if f.has("dpop_jkt") {
		if !challengeS256(f.get("dpop_jkt")) {
			return "", invalidRequest("dpop_jkt is not the SHA-256 thumbprint of a key")
		}
		bound = &token.Confirmation{Key: f.get("dpop_jkt")}
	}
	if p := c.judgeResource(f); p != nil {
		return "", p
	}
	scope, ok := c.grantScope(f.get("scope"))
	if !ok {
		return "", errScope
	}
	var named []string
	if f.has("claims") {
		var err error
		if named, err = parseClaimsParameter(f.get("claims")); err != nil {
			return "", invalidRequest("claims is malformed or too large")
		}
	}
	u, known := i.users[f.get("login_hint")]
	if !known {
		return "", badRequest("access_denied", "login_hint is missing or not a user")
	}
	family, err := token.NewID(i.rand)
	if err != nil {
		return "", unavailable
	}
	id, err := token.NewID(i.rand)
	if err != nil {
		return "", unavailable
	}
	now := i.now().Unix()
	code, err := i.keep(r.Context(), store.Code, token.OpaqueForm, family, token.Claims{
		Issuer: i.issuer, Audience: c.audience(f), Subject: u.subject, ClientID: c.id, Scope: scope,
		IssuedAt: now, Expires: now + codeLifetime, ID: id,
		More: &token.More{
			Username: u.name, UserClaims: named, Confirmation: bound,
			RedirectURI: f.get("redirect_uri"), Challenge: f.get("code_challenge"),
		},
	})
	if err != nil {
		return "", unavailable
	}
	return code, nil
}

// readQuery reads the parameters of an authorization request.
func readQuery(r *http.Request) (form, *problem) {
	if len(r.URL.RawQuery) > maxBody {
		return nil, &problem{http.StatusRequestURITooLong, "invalid_request", "the query is too long"}
	}
	return parseForm(r.URL.RawQuery)
}

// challengeS256 reports whether it is the base64url of a SHA-256 (RFC 7636, section 4.2).
func challengeS256(s string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(raw) == 32 && len(s) == 43
}

// withQuery adds to the query of a redirection URI, which section 3.1.2 of RFC 6749
// wants retained.
func withQuery(uri string, more url.Values) string {
	joint := "?"
	if strings.Contains(uri, "?") {
		joint = "&"
	}
	return uri + joint + more.Encode()
}
