// Package field reads the header fields of HTTP by their grammar (RFC 9110), in which a
// comma, a semicolon or an equals sign may stand in a quoted string, and list elements
// and parameters may be empty. Package mime refuses some that are legal.
package field

import (
	"errors"
	"strings"
)

// MediaType returns the media type of a Content-Type in lower case, without its
// parameters, or "" where the value isn't one.
//
// RFC 9110, section 8.3.1: media-type = type "/" subtype parameters; section 5.6.6:
// parameters = *( OWS ";" OWS [ parameter ] ).
func MediaType(value string) string {
	s := &scanner{text: value}
	s.space()
	kind := s.token()
	if kind == "" || !s.skip('/') {
		return ""
	}
	subtype := s.token()
	if subtype == "" {
		return ""
	}
	for s.space(); s.skip(';'); s.space() {
		s.space()
		if name := s.token(); name == "" { // an empty one
			continue
		}
		if !s.skip('=') || !s.value() {
			return ""
		}
	}
	if !s.done() {
		return ""
	}
	return strings.ToLower(kind + "/" + subtype)
}

// Directives returns the elements of a list such as Cache-Control or Pragma over all its
// lines, their names in lower case, with the values of those that have one. The first of
// a name counts; what isn't an element is passed over.
//
// RFC 9111, section 5.2: cache-directive = token [ "=" ( token / quoted-string ) ].
func Directives(lines []string) map[string]string {
	found := map[string]string{}
	s := &scanner{text: strings.Join(lines, ",")}
	for !s.done() {
		s.space()
		name := strings.ToLower(s.token())
		s.taken = ""
		sound := name != "" && (!s.skip('=') || s.value())
		value := s.taken
		s.space()
		if sound && (s.done() || s.peek() == ',') {
			if _, twice := found[name]; !twice {
				found[name] = value
			}
		}
		s.element()
	}
	return found
}

// Challenge is one way in which a server asks for authentication.
type Challenge struct {
	Scheme     string            // as it was written; compared without case (section 11.1)
	Token68    string            // in place of parameters
	Parameters map[string]string // by their names in lower case
}

var errChallenge = errors.New("not a list of challenges")

// Challenges reads WWW-Authenticate over all its lines. With an error, it returns those
// before the place that can't be read.
//
// RFC 9110, section 11.6.1: WWW-Authenticate = #challenge; section 11.3: challenge =
// auth-scheme [ 1*SP ( token68 / #auth-param ) ]. The commas of both lists look alike: a
// name with an equals sign behind it is a parameter, one without begins a challenge.
func Challenges(lines []string) ([]Challenge, error) {
	var found []Challenge
	s := &scanner{text: strings.Join(lines, ",")}
	for s.separators(); !s.done(); s.separators() {
		c := Challenge{Scheme: s.token()}
		if c.Scheme == "" {
			return found, errChallenge
		}
		if s.peek() == ' ' {
			s.space()
			if c.Token68 = s.token68(); c.Token68 == "" {
				c.Parameters = s.parameters()
			}
		}
		found = append(found, c)
		if s.space(); !s.done() && s.peek() != ',' {
			return found, errChallenge
		}
	}
	return found, nil
}
