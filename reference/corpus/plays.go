package corpus

import "github.com/oauthmark/oauthmark/reference/forge"

// Play is what to do with a token of a running issuer, to have one that is refused by
// whoever asks the issuer for it. What it takes is in the words of OAuth, so it can be
// played on any issuer.
type Play struct {
	About
	Start  Start          `json:"start"`
	Then   Then           `json:"then,omitempty"`
	Change []forge.Damage `json:"change,omitempty"` // of the text, before it is presented
}

// Start says what is obtained.
type Start string

const (
	StartOpaque        Start = "opaque"         // an opaque access token for the resource
	StartSelfContained Start = "self-contained" // a JWT access token for it
	StartOther         Start = "other-tenant"   // an opaque access token of another issuer
	StartRefresh       Start = "refresh-token"
	StartCode          Start = "authorization-code"
	StartID            Start = "jti" // of an opaque access token, or a JWT's
)

// Then says what happens to it before it is presented.
type Then string

const (
	Revoke   Then = "revoke" // RFC 7009
	Expire   Then = "expire" // the clock is set past its lifetime
	FlipSign Then = "flip-signature"
)

// Plays lists them.
func Plays() []Play {
	const doc, section = "RFC 7662", "2.2"
	return []Play{
		{About: play("opaque-short", "O04", "an opaque token without its last character", doc, section), Start: StartOpaque, Change: []forge.Damage{"short"}},
		{About: play("opaque-half", "O04", "the first half of an opaque token", doc, section), Start: StartOpaque, Change: []forge.Damage{"half"}},
		{About: play("opaque-longer", "O05", "an opaque token with a character more", doc, section), Start: StartOpaque, Change: []forge.Damage{"long"}},
		{About: play("opaque-dot", "O05", "an opaque token with a dot more", doc, section), Start: StartOpaque, Change: []forge.Damage{"dot-after"}},
		{About: play("opaque-case", "O06", "an opaque token with its case swapped", doc, section), Start: StartOpaque, Change: []forge.Damage{"swap-case"}},
		{About: play("opaque-with-nul", "O07", "an opaque token with a NUL after it", doc, section), Start: StartOpaque, Change: []forge.Damage{"nul-after"}},
		{About: play("opaque-padded", "O05", "an opaque token with padding", doc, section), Start: StartOpaque, Change: []forge.Damage{"pad"}},
		{About: play("opaque-other-tenant", "O08", "an opaque token of another issuer", doc, section), Start: StartOther},
		{About: play("opaque-revoked", "O09", "an opaque token that was revoked", "RFC 7009", "2.2"), Start: StartOpaque, Then: Revoke},
		{About: play("opaque-expired", "O10", "an opaque token that expired", doc, section), Start: StartOpaque, Then: Expire},
		{About: play("refresh-as-access", "O11", "a refresh token", doc, section), Start: StartRefresh},
		{About: play("code-as-access", "O11", "an authorization code", doc, section), Start: StartCode},
		{About: play("jti-as-access", "O11", "the jti of a live token", doc, section), Start: StartID},
		{About: play("look-alike", "O12", "a JWT whose jti is live, with a signature that is wrong", at, "4"), Start: StartSelfContained, Then: FlipSign},
	}
}

func play(id, family, title, document, section string) About {
	a := about(id, family, title, document, section, ReasonInactive)
	a.Level, a.Expect = Must, Reject
	return a
}
