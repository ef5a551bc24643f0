package load

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// issued judges the answers of a token endpoint in one step. It remembers each token by a
// part of its digest alone, 16 bytes of it: a hundred thousand tokens are a few megabytes,
// and none of them can get anywhere. It is used by one goroutine.
type issued struct {
	form     string
	seen     map[[16]byte]struct{}
	lifeless bool // an answer didn't say how long its token lives
}

func newIssued(form string) *issued { return &issued{form: form, seen: map[[16]byte]struct{}{}} }

// tokenMembers are the members of an answer that are looked at.
type tokenMembers struct {
	Token    string          `json:"access_token"`
	Type     string          `json:"token_type"`
	Lifetime json.RawMessage `json:"expires_in"`
	Error    string          `json:"error"`
}

// read returns the reader of the answers to a client that has to get a token, or not to.
// RFC 6749, section 5.1: a success is answered with 200, access_token and token_type.
func (is *issued) read(c targets.Client, right Answer) Reader {
	return func(status int, body []byte) (Answer, string) {
		var m tokenMembers
		err := json.Unmarshal(body, &m)
		switch {
		case len(body) >= maxBody:
			return Unjudged, "the answer is longer than is read of it"
		case status == http.StatusOK && right == Deny:
			return Allow, ""
		case status == http.StatusOK && err != nil:
			return Allow, fmt.Sprintf("a token request was answered with 200 and no JSON object of strings (%d bytes)", len(body))
		case status == http.StatusOK:
			return Allow, is.wrong(c, m)
		case right == Deny:
			return refusedClient(status, m.Error)
		case status >= 400 && status < 500 && m.Error != "" && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests:
			return Deny, targets.Word(m.Error, "with an error code that isn't registered")
		}
		return Unjudged, targets.Word(m.Error, "")
	}
}

// refusedClient reads the refusal of a wrong client secret. RFC 6749, section 5.2: the
// error is invalid_client, and the status 401 where the credentials were in the header;
// 400 is allowed where they were in the body.
func refusedClient(status int, code string) (Answer, string) {
	if (status == http.StatusUnauthorized || status == http.StatusBadRequest) && code == "invalid_client" {
		return Deny, ""
	}
	return Unjudged, fmt.Sprintf("the error is %s, and for a wrong secret it has to be 401 invalid_client (RFC 6749, section 5.2)", targets.Word(code, "missing or another one"))
}

// wrong says what is wrong with an answer that has to be a token. It shows nothing of it.
func (is *issued) wrong(c targets.Client, m tokenMembers) string {
	if m.Token == "" {
		return "a token request was answered with 200 and no access_token"
	}
	sum := sha256.Sum256([]byte(m.Token))
	key := [16]byte(sum[:16])
	if _, known := is.seen[key]; known {
		return "a token was issued that had been issued in this step before"
	}
	is.seen[key] = struct{}{}
	if got := targets.FormOf(m.Token); got != is.form {
		return fmt.Sprintf("a token came as %s where %s was asked for", targets.Word(got, "another form"), is.form)
	}
	if !strings.EqualFold(m.Type, "Bearer") {
		return "a token came without the token_type Bearer (RFC 6749, section 5.1)"
	}
	switch seconds, err := strconv.ParseFloat(strings.Trim(string(m.Lifetime), `"`), 64); {
	case len(m.Lifetime) == 0 || string(m.Lifetime) == "null":
		is.lifeless = true // expires_in is RECOMMENDED
	case err != nil || seconds <= 0:
		return "a token came with an expires_in that isn't a number above 0 (RFC 6749, section 5.1)"
	}
	return is.mixedUp(c, m.Token)
}

// mixedUp says that a self-contained token is another client's, as far as it tells.
func (is *issued) mixedUp(c targets.Client, token string) string {
	if is.form == targets.Opaque {
		return ""
	}
	raw, err := forge.Read(token, forge.Payload)
	var claims struct {
		ClientID string `json:"client_id"` // RFC 9068, section 2.2
	}
	if err == nil && json.Unmarshal(raw, &claims) == nil && claims.ClientID != "" && claims.ClientID != c.ID {
		return fmt.Sprintf("client %s was given a token of another client", c.ID)
	}
	return ""
}

// caveats say what the answers left out.
func (is *issued) caveats() []results.Warning {
	if !is.lifeless {
		return nil
	}
	return []results.Warning{{Code: "lifetime-unknown", Text: "an answer of the token endpoint had no expires_in, which is recommended (RFC 6749, section 5.1): how long its tokens live isn't known"}}
}
