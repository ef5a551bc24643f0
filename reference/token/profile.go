package token

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Profile is how one kind of server shows its tokens: the header and the payload of
// the self-contained ones, and the answers about all of them. The same [Claims] look
// different in each. Profiles are values of a table and never change; see [Profiles].
type Profile struct {
	name string
	// bare headers hold alg and nothing else.
	bare bool
	// slashes are written as \/, which JSON allows (RFC 8259, section 7).
	slashes bool
	// audiences stands for an aud that is an array, although there is one audience.
	audiences bool
	// scopes stands for an array of that name, in the place of the string scope.
	scopes bool
	// textual custom claims are strings, whatever they were given as.
	textual bool
	// uuids stand for identifiers and opaque tokens that are UUIDs.
	uuids bool
	// asked audiences are said where the client named a resource, and only there.
	asked bool
	// keeps says that a payload doesn't hold all there is, so that a record has to be
	// kept beside each token.
	keeps bool

	application, user                  layout // payloads of self-contained tokens
	applicationAnswer, answer, refresh layout // introspection answers; no refresh: such a token isn't shown
	// Those about self-contained tokens, where they are others.
	selfContainedApplicationAnswer, selfContainedAnswer layout
}

// profiles is the table, the default first.
var profiles = []*Profile{&rfc9068, &wso2At5, &wso2At7, &wso2At7JWT, &authlete}

// Profiles lists the names of all profiles, the default first.
func Profiles() []string {
	names := make([]string, len(profiles))
	for i, p := range profiles {
		names[i] = p.name
	}
	return names
}

// ParseProfile returns the profile of that name, and the default one for "".
func ParseProfile(name string) (*Profile, error) {
	if name == "" {
		return profiles[0], nil
	}
	i := slices.IndexFunc(profiles, func(p *Profile) bool { return p.name == name })
	if i < 0 {
		return nil, fmt.Errorf("profile %q: none of %v", name, Profiles())
	}
	return profiles[i], nil
}

// With returns the profile with another shape of aud ("string" or "array") and
// another member for the scope of a self-contained token ("scope" for a string or
// "scopes" for an array). An empty choice leaves the profile's own. An answer's scope
// stays a string, as RFC 7662, section 2.2, has it.
func (p *Profile) With(aud, scope string) (*Profile, error) {
	changed := *p
	switch aud {
	case "":
	case "string", "array":
		changed.audiences = aud == "array"
	default:
		return nil, fmt.Errorf("aud %q: neither string nor array", aud)
	}
	switch scope {
	case "":
	case "scope", "scopes":
		changed.scopes = scope == "scopes"
	default:
		return nil, fmt.Errorf("scope %q: neither scope nor scopes", scope)
	}
	return &changed, nil
}

// Name returns the name in the table.
func (p *Profile) Name() string { return p.name }

// Keeps reports whether a self-contained token of the profile needs a record.
func (p *Profile) Keeps() bool { return p.keeps }

// ShowsRefresh reports whether there is an answer about refresh tokens.
func (p *Profile) ShowsRefresh() bool { return len(p.refresh) > 0 }

// AsksForAudience reports whether a token has an aud only when its request names a
// resource (RFC 8707, section 2).
func (p *Profile) AsksForAudience() bool { return p.asked }

// NewID draws the jti of a self-contained token.
func (p *Profile) NewID(rand io.Reader) (string, error) {
	if p.uuids {
		return NewUUID(rand)
	}
	return NewID(rand)
}

// Opaque returns the form that the profile's opaque tokens have, for the one asked.
func (p *Profile) Opaque(f Form) Form {
	if p.uuids && f == OpaqueForm {
		return UUIDForm
	}
	return f
}

// Custom returns an object of custom claims with values as the profile has them.
func (p *Profile) Custom(object json.RawMessage) (json.RawMessage, error) {
	if !p.textual || object == nil {
		return object, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(object, &members); err != nil {
		return nil, fmt.Errorf("custom claims: %w", err)
	}
	for name, value := range members {
		if value = bytes.TrimSpace(value); len(value) > 0 && value[0] != '"' {
			members[name] = AppendString(nil, string(value))
		}
	}
	b, err := json.Marshal(members) // in the order of their names
	if err != nil {
		return nil, fmt.Errorf("custom claims: %w", err)
	}
	return b, nil
}
