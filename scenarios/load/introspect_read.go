package load

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// introspected judges the answers of an introspection endpoint in one step. It is used by
// one goroutine.
type introspected struct {
	shown func(string) string
	mute  bool // an answer told neither client nor scope of an active token
}

// subject is a token, and what is known of its sub.
type subject struct {
	Token
	sub string // empty where it isn't known
}

// subjectOf reads the sub that a self-contained token has. What an opaque one stands for is
// known of the reference alone: elsewhere a client's account may have a name of its own.
func subjectOf(t Token, target targets.Target) subject {
	var claims struct {
		Subject string `json:"sub"`
	}
	if raw, err := forge.Read(t.Value, forge.Payload); err == nil && json.Unmarshal(raw, &claims) == nil {
		return subject{t, claims.Subject}
	}
	if target.Reference() {
		return subject{t, t.Client.ID}
	}
	return subject{Token: t}
}

// read returns the reader of the answers about a token. RFC 7662, section 2.2: active is
// REQUIRED, and all else is OPTIONAL: what isn't told is neither right nor wrong.
func (in *introspected) read(t subject, right Answer) Reader {
	return func(status int, body []byte) (Answer, string) {
		if status != http.StatusOK {
			var refusal struct {
				Error string `json:"error"`
			}
			_ = json.Unmarshal(body, &refusal) // of another answer nothing is said
			return Unjudged, targets.Word(refusal.Error, "")
		}
		var said struct {
			Active   *bool  `json:"active"`
			ClientID string `json:"client_id"`
			Scope    string `json:"scope"`
			Subject  string `json:"sub"`
		}
		err := json.Unmarshal(body, &said)
		switch {
		case len(body) >= maxBody:
			return Unjudged, "the answer is longer than is read of it"
		case said.Active == nil:
			return Deny, "the answer has no member active that is true or false (RFC 7662, section 2.2)"
		case !*said.Active:
			return Deny, ""
		case right == Deny:
			return Allow, ""
		case err != nil:
			return Allow, "an active token was answered with a client_id, scope or sub that isn't a string (RFC 7662, section 2.2)"
		case said.ClientID != "" && said.ClientID != t.Client.ID:
			return Allow, fmt.Sprintf("a token of client %q was said to be one of %s", t.Client.ID, in.shown(said.ClientID))
		case said.Scope != "" && (t.Scope != "" || t.ScopeKnown) && !sameScope(said.Scope, t.Scope):
			return Allow, fmt.Sprintf("a token with scope %q was said to have %s", t.Scope, in.shown(said.Scope))
		case said.Subject != "" && t.sub != "" && said.Subject != t.sub:
			return Allow, fmt.Sprintf("a token of client %q was said to have another sub than it has", t.Client.ID)
		}
		in.mute = in.mute || said.ClientID == "" && said.Scope == ""
		return Allow, ""
	}
}

func (in *introspected) caveats() []results.Warning {
	if !in.mute {
		return nil
	}
	return []results.Warning{{Code: "claims-unknown", Text: "introspection told neither client_id nor scope of an active token, which it may leave out (RFC 7662, section 2.2): " +
		"whether it took the token for another's isn't known"}}
}
