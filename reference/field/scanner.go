package field

import "strings"

// scanner walks over the value of a field.
type scanner struct {
	text  string
	at    int
	taken string // what value read last, unquoted
}

func (s *scanner) done() bool { return s.at >= len(s.text) }

// peek returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.done() {
		return 0
	}
	return s.text[s.at]
}

func (s *scanner) skip(c byte) bool {
	if s.peek() != c || s.done() {
		return false
	}
	s.at++
	return true
}

func (s *scanner) while(in func(byte) bool) string {
	start := s.at
	for !s.done() && in(s.text[s.at]) {
		s.at++
	}
	return s.text[start:s.at]
}

// RFC 9110, section 5.6.3: OWS = *( SP / HTAB ).
func (s *scanner) space() { s.while(func(c byte) bool { return c == ' ' || c == '\t' }) }

// separators skips the commas of a list, whose elements may be empty (section 5.6.1.2).
func (s *scanner) separators() {
	s.while(func(c byte) bool { return c == ' ' || c == '\t' || c == ',' })
}

// RFC 9110, section 5.6.2: token = 1*tchar.
func (s *scanner) token() string { return s.while(isTokenByte) }

func isTokenByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c != 0 && strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// value reads a token or a quoted string.
func (s *scanner) value() bool {
	if s.peek() == '"' {
		return s.quoted()
	}
	s.taken = s.token()
	return s.taken != ""
}

// RFC 9110, section 5.6.4: a backslash in a quoted string takes the next byte as it is.
func (s *scanner) quoted() bool {
	var b strings.Builder
	for s.at++; !s.done(); s.at++ {
		switch c := s.text[s.at]; c {
		case '"':
			s.at++
			s.taken = b.String()
			return true
		case '\\':
			if s.at++; s.done() {
				return false
			}
			b.WriteByte(s.text[s.at])
		default:
			b.WriteByte(c)
		}
	}
	return false
}

// element goes behind the next comma that isn't in a quoted string.
func (s *scanner) element() {
	for !s.done() {
		switch s.peek() {
		case ',':
			s.at++
			return
		case '"':
			s.quoted()
		default:
			s.at++
		}
	}
}

// RFC 9110, section 11.2: token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/"
// ) *"=". What goes on behind it is a parameter.
func (s *scanner) token68() string {
	start := s.at
	body := s.while(func(c byte) bool { return c == '/' || isTokenByte(c) && strings.IndexByte("!#$%&'*^`|", c) < 0 })
	s.while(func(c byte) bool { return c == '=' })
	text := s.text[start:s.at]
	if s.space(); body == "" || !s.done() && s.peek() != ',' {
		s.at = start
		return ""
	}
	return text
}

// parameters reads those of a challenge, up to the next challenge or what can't be read.
//
// RFC 9110, section 11.2: auth-param = token BWS "=" BWS ( token / quoted-string ).
func (s *scanner) parameters() map[string]string {
	found := map[string]string{}
	for {
		start := s.at
		s.separators()
		name := strings.ToLower(s.token())
		s.space()
		if name == "" || !s.skip('=') {
			s.at = start
			return found
		}
		s.space()
		if !s.value() {
			s.at = start
			return found
		}
		if _, twice := found[name]; !twice {
			found[name] = s.taken
		}
		if s.space(); s.peek() != ',' {
			return found
		}
	}
}
