package conformance

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/oauthmark/oauthmark/reference/forge"
)

// answerKind is an endpoint, and so what its answers may show.
type answerKind string

const (
	tokenAnswer         answerKind = "token"
	introspectionAnswer answerKind = "introspection"
	jwksAnswer          answerKind = "jwks"
	metadataAnswer      answerKind = "metadata"
)

// Members that are shown as they are. Everything else is shown by its type and
// length: a list of what is harmless stays right when a server adds a member, a list
// of what is secret does not.
var (
	errorMembers = []string{"error", "error_description", "error_uri"}

	visible = map[answerKind][]string{
		tokenAnswer: append([]string{"token_type", "expires_in", "scope"}, errorMembers...),
		introspectionAnswer: append([]string{"active", "scope", "client_id", "token_type",
			"exp", "iat", "nbf", "sub", "aud", "iss"}, errorMembers...),
		jwksAnswer: {},
		metadataAnswer: {"issuer", "token_endpoint", "introspection_endpoint", "jwks_uri",
			"grant_types_supported", "scopes_supported"},
	}
	visibleHeaders = []string{"Allow", "Cache-Control", "Content-Type", "Pragma", "WWW-Authenticate"}
	visibleClaims  = []string{"iss", "sub", "aud", "exp", "iat", "nbf", "scope", "client_id", "azp"}
	visibleJOSE    = []string{"alg", "typ", "kid", "cty", "crit"}
	visibleParams  = []string{"grant_type", "scope", "token_type_hint", "resource"}
)

// evidence writes an exchange for a person: no header of the request but that it
// authenticates, no token, no secret.
func (s *Session) evidence(kind answerKind, req *http.Request, form url.Values, x *Exchange) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", req.Method, req.URL.Redacted())
	if id, _, ok := req.BasicAuth(); ok {
		fmt.Fprintf(&b, "Authorization: Basic [redacted, client %s]\n", id)
	}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, v := range form[name] {
			if !slices.Contains(visibleParams, name) {
				v = length(v)
			}
			fmt.Fprintf(&b, "%s=%s\n", name, v)
		}
	}
	fmt.Fprintf(&b, "\n%d %s\n", x.Status, http.StatusText(x.Status))
	for _, name := range visibleHeaders {
		for _, v := range x.Header.Values(name) {
			fmt.Fprintf(&b, "%s: %s\n", name, cut(s.scrub(v), maxValue))
		}
	}
	b.WriteString(s.body(kind, x))
	return s.scrub(b.String())
}

func (s *Session) body(kind answerKind, x *Exchange) string {
	members, err := x.Object()
	if err != nil {
		return fmt.Sprintf("[redacted %d bytes: %v]", len(x.Body), err)
	}
	return s.redact(members, visible[kind])
}

// maxValue is how many characters of a visible value the evidence shows.
const maxValue = 200

// redact writes an object as JSON, sorted, with only the visible members in full.
func (s *Session) redact(members map[string]any, visible []string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, name := range slices.Sorted(maps.Keys(members)) {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s: ", cut(s.scrub(compact(name)), maxValue))
		v := members[name]
		switch text, isString := v.(string); {
		case v == nil, v == true, v == false, slices.Contains(visible, name):
			b.WriteString(cut(s.scrub(compact(v)), maxValue))
		case isString:
			b.WriteString(s.secretText(text))
		default:
			fmt.Fprintf(&b, "[redacted, %s]", Kind(v))
		}
	}
	b.WriteByte('}')
	return b.String()
}

// secretText describes a string that may be a credential: a JWT by its header and its
// well-known claims, anything else by its length.
func (s *Session) secretText(v string) string {
	parsed, err := ParseJWT(v)
	if err != nil {
		return length(v)
	}
	signature, _ := forge.Read(v, forge.Signature) // absent or not decodable: length 0
	return fmt.Sprintf("[redacted JWT of %d characters: header %s, payload %s, signature of %d bytes]", len(v),
		s.redact(parsed.Header, visibleJOSE), s.redact(parsed.Claims, visibleClaims), len(signature))
}

func length(v string) string { return fmt.Sprintf("[redacted %d characters]", len([]rune(v))) }

// remember adds what a client sent or a server issued to what must never be written.
func (s *Session) remember(values ...any) {
	for _, v := range values {
		if secret, ok := v.(string); ok {
			s.secrets.Add(secret)
		}
	}
}

// scrub is the second line of defence: whatever a server echoes in an unexpected
// place, a known token or secret leaves no session. It also takes out characters
// that would act on a terminal.
func (s *Session) scrub(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s.secrets.Redact(text))
}
