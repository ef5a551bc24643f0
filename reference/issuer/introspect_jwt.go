package issuer

import (
	"net/http"
	"strconv"

	"github.com/oauthmark/oauthmark/reference/token"
)

// typeIntrospection is the typ of a signed introspection answer's header, and with
// application/ its media type (RFC 9701, section 5).
const typeIntrospection = "token-introspection+jwt"

// writeIntrospection sends an answer, which is an object in JSON: as it is, or as the
// token_introspection of a signed JWT (RFC 9701, section 4).
func (i *Issuer) writeIntrospection(w http.ResponseWriter, media string, caller *client, answer []byte) {
	if len(answer) == len(inactive) {
		i.metrics.inactive.Add(1) // what is said of an active token is longer
	} else {
		i.metrics.active.Add(1)
	}
	if media != mediaSigned {
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
	text, err := i.signer.SignStatement(typeIntrospection, caller.answerAlgorithm(), b)
	if err == nil && caller.view != nil && caller.view.seal != nil {
		text, err = caller.view.seal.Encrypt(text) // signed, then encrypted (section 5)
	}
	if err != nil {
		unavailable.write(w)
		return
	}
	secretAnswer(w.Header())
	w.Header()["Content-Type"] = []string{mediaSigned}
	_, _ = w.Write([]byte(text))
}
