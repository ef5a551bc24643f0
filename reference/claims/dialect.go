package claims

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/exactjson"
)

// Dialect names what is accepted beside the words of RFC 9068, which most issuers speak
// with an accent. The zero value accepts nothing else.
type Dialect struct {
	// Type lists further values of the header's typ; "" is for a header without.
	Type []string `json:"typ,omitempty"`
	// ClientID and ID list the claims that stand in for client_id and jti, where those
	// aren't there, the best one first.
	ClientID []string `json:"client_id,omitempty"`
	ID       []string `json:"jti,omitempty"`
	// Scope lists the claims that may hold the scope as a string or as an array; without
	// it, that is scope as a string alone.
	Scope []string `json:"scope,omitempty"`
	// Absent lists the required claims that may be missing or empty.
	Absent []string `json:"absent,omitempty"`
	// AnyAudience takes tokens for whomever they are.
	AnyAudience bool `json:"any_audience,omitempty"`
}

// absentable are the required claims that a dialect may do without. A token without exp
// could never be taken back.
var absentable = []string{"iss", "aud", "sub", "client_id", "iat", "jti"}

// Check returns what is wrong with a dialect, by the name of its member.
func (d Dialect) Check() error {
	for _, name := range d.Absent {
		if !slices.Contains(absentable, name) {
			return fmt.Errorf("absent has %q, want some of %s", name, strings.Join(absentable, ", "))
		}
	}
	for _, list := range []struct {
		name   string
		values []string
	}{{"client_id", d.ClientID}, {"jti", d.ID}, {"scope", d.Scope}} {
		if slices.Contains(list.values, "") {
			return fmt.Errorf("%s has a claim without a name", list.name)
		}
	}
	return nil
}

// String lists what is accepted, for a person; it is empty when nothing is.
func (d Dialect) String() string {
	var parts []string
	for _, list := range []struct {
		name   string
		values []string
	}{{"typ", d.Type}, {"client_id", d.ClientID}, {"jti", d.ID}, {"scope", d.Scope}, {"absent", d.Absent}} {
		if len(list.values) > 0 {
			parts = append(parts, fmt.Sprintf("%s %q", list.name, list.values))
		}
	}
	if d.AnyAudience {
		parts = append(parts, "any audience")
	}
	return strings.Join(parts, ", ")
}

func (d Dialect) mayLack(claim string) bool { return slices.Contains(d.Absent, claim) }

// standIn is the value of the best claim so far that stands in for another.
type standIn struct {
	value string
	place int // in the dialect's list, from 1 on; 0 for none
}

// take notes the place of a claim in the list, and reports whether it is in it.
func (s *standIn) take(list []string, name []byte, read func() (string, error)) (bool, error) {
	for i, want := range list {
		if string(name) != want {
			continue
		}
		value, err := read()
		if err == nil && value != "" && (s.place == 0 || i+1 < s.place) {
			*s = standIn{value, i + 1}
		}
		return true, err
	}
	return false, nil
}

// other reads a member that RFC 9068 has no use for and the dialect may have.
func (m *members) other(name []byte, d *exactjson.Decoder) error {
	text := func() (string, error) { return anyText(d) }
	if ok, err := m.clientID.take(m.accept.ClientID, name, text); ok {
		return err
	}
	if ok, err := m.id.take(m.accept.ID, name, text); ok {
		return err
	}
	if ok, err := m.scope.take(m.accept.Scope, name, func() (string, error) { return scope(d) }); ok {
		return err
	}
	return d.SkipValue()
}

// settle takes the stand-ins for what isn't there.
func (m *members) settle() {
	for _, claim := range []struct {
		value *string
		other standIn
	}{{&m.claims.ClientID, m.clientID}, {&m.claims.ID, m.id}, {&m.claims.Scope, m.scope}} {
		if *claim.value == "" {
			*claim.value = claim.other.value
		}
	}
}

// required reads a claim that is a string, and isn't empty unless it may be absent.
func (m *members) required(name string, d *exactjson.Decoder) (string, error) {
	if m.accept.mayLack(name) {
		return anyText(d)
	}
	return text(d)
}

// scope reads a scope in either form.
func scope(d *exactjson.Decoder) (string, error) {
	list, err := texts(d)
	return strings.Join(list, " "), err
}
