package verifier

import (
	"encoding/json"
	"net/http"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// Denial is why a request wasn't let in, as the body of the answer tells whoever has to
// find out. It holds words of this package and numbers, nothing of a token and nothing
// that an issuer wrote.
type Denial struct {
	Code   string `json:"error"`
	Reason string `json:"error_description"`
}

// InsufficientScope is the code for a good token without the scope of the route (RFC 6750,
// section 3.1).
const InsufficientScope = "insufficient_scope"

// temporarily is the code for an issuer that gave no usable answer; RFC 6749, section
// 4.1.2.1, has it for the like.
const temporarily = "temporarily_unavailable"

// ReadDenial reads the body of an answer that [Protect] gave; what isn't there is empty.
func ReadDenial(body []byte) (d Denial) {
	_ = json.Unmarshal(body, &d)
	return d
}

// Ours reports whether the denial says nothing against the token: it is about what this
// resource server was told to accept, a limit of its own, or an issuer that gave it no
// usable answer.
func (d Denial) Ours() bool { return d.Code == temporarily || claims.Reason(d.Reason).Ours() }

func (d Denial) write(w http.ResponseWriter, status int) {
	body, err := json.Marshal(d)
	w.Header()["Content-Type"] = jsonMedia
	w.WriteHeader(status)
	if err == nil {
		_, _ = w.Write(body)
	}
}
