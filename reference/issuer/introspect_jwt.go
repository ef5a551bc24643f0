package issuer

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/oauthmark/oauthmark/reference/token"
)

// typeIntrospection is the typ of a signed introspection answer's header, and with
// application/ its media type (RFC 9701, section 5).
const typeIntrospection = "token-introspection+jwt"

// writeIntrospection sends an answer, which is an object in JSON: as it is or, when
// the caller accepts that and there is a published key, as the token_introspection
// of a signed JWT (RFC 9701, section 4).
func (i *Issuer) writeIntrospection(w http.ResponseWriter, r *http.Request, caller *client, answer []byte) {
	if len(answer) == len(inactive) {
		i.metrics.inactive.Add(1) // what is said of an active token is longer
	} else {
		i.metrics.active.Add(1)
	}
	if len(r.Header["Accept"]) == 0 || !i.states || !accepts(r.Header["Accept"], "application/"+typeIntrospection) {
		secretAnswer(w.Header())
		_, _ = w.Write(answer)
		return
	}
	// RFC 9701, section 5: iss, aud, which is who asks, and iat are required. sub and
	// exp stay inside: at the top they would make it look like an access token
	// (section 8.1).
	b := token.AppendString([]byte(`{"iss":`), i.issuer)
	b = token.AppendString(append(b, `,"aud":`...), caller.id)
	b = strconv.AppendInt(append(b, `,"iat":`...), i.now().Unix(), 10)
	b = append(append(append(b, `,"token_introspection":`...), answer...), '}')
	text, err := i.signer.SignStatement(typeIntrospection, b)
	if err != nil {
		unavailable.write(w)
		return
	}
	secretAnswer(w.Header())
	w.Header()["Content-Type"] = []string{"application/" + typeIntrospection}
	_, _ = w.Write([]byte(text))
}

// accepts reports whether an Accept header names the media type, and not as one that
// isn't wanted. Ranges don't count: who sends one takes what everybody gets.
func accepts(lines []string, want string) bool { return weight(lines, want) > 0 }

// weight returns the quality value that an Accept header gives to the media type: 1 when
// it gives none, 0 when it doesn't name the type (RFC 9110, sections 12.4.2 and 12.5.1).
func weight(lines []string, want string) float64 {
	for _, line := range lines {
		for one := range strings.SplitSeq(line, ",") {
			media, parameters, err := mime.ParseMediaType(one)
			if err != nil || media != want {
				continue
			}
			q, given := parameters["q"]
			if !given {
				return 1
			}
			if q, err := strconv.ParseFloat(q, 64); err == nil && q > 0 {
				return q
			}
			return 0
		}
	}
	return 0
}
