package claims

import (
	"errors"
	"slices"

	"github.com/oauthmark/oauthmark/reference/exactjson"
)

var (
	errMember = errors.New("member of the wrong type")
	// errDialect is for what a [Dialect] can accept.
	errDialect = errors.New("member in a form that is not accepted")
)

// Unreadable is the refusal of a token whose claims couldn't be decoded.
func Unreadable(err error) error {
	if errors.Is(err, errDialect) {
		return Refuse(ReasonForm)
	}
	return Refuse(ReasonMalformed)
}

// Decode reads a JSON object. What its members say isn't judged here, only whether
// they can be read at all.
//
// RFC 7519, section 4: claim names are unique, and a parser either refuses a
// duplicate or takes the last one; here it is refused, at every depth. Names are compared as they are: "EXP" isn't exp.
//
// RFC 8725, section 3.7: JSON is UTF-8; other bytes are refused rather than replaced.
func Decode(data []byte, c *Claims) error { return Dialect{}.Decode(data, c) }

// Decode is [Decode] of a token in the dialect.
func (d Dialect) Decode(data []byte, c *Claims) error {
	m := members{claims: c, accept: &d}
	err := exactjson.Unmarshal(data, &m)
	m.settle()
	return err
}

// DecodeAnswer reads the answer of an introspection endpoint. Its active is a
// boolean, and nothing else (RFC 7662, section 2.2).
func (d Dialect) DecodeAnswer(data []byte, c *Claims) (active bool, err error) {
	m := members{claims: c, accept: &d, answer: true}
	if err := exactjson.Unmarshal(data, &m); err != nil {
		return false, err
	}
	if !m.hasActive {
		return false, errors.New("no boolean member active")
	}
	m.settle()
	m.settleType()
	return m.active, nil
}

// members takes the members of an object one by one. Those that aren't known are
// passed over; that their names are unique and their values JSON, the decoder sees.
type members struct {
	claims            *Claims
	accept            *Dialect
	clientID, id      standIn
	scope             standIn
	answer            bool
	active, hasActive bool
	dpop              bool // token_type says that the token is bound to a key
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (m *members) UnmarshalJSONFrom(d *exactjson.Decoder) error {
	return object(d, m.member)
}

// object calls member with the name of each member of an object, which has to read
// its value.
func object(d *exactjson.Decoder, member func(name []byte, d *exactjson.Decoder) error) error {
	if d.PeekKind() != '{' {
		return errMember
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadValue()
		if err != nil {
			return err
		}
		var short [32]byte
		unquoted, err := exactjson.AppendUnquote(short[:0], name)
		if err != nil {
			return err
		}
		if err := member(unquoted, d); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

func (m *members) member(name []byte, d *exactjson.Decoder) (err error) {
	c := m.claims
	switch string(name) {
	case "iss":
		c.Issuer, err = m.required("iss", d)
	case "sub":
		c.Subject, err = m.required("sub", d)
	case "client_id":
		c.ClientID, err = m.required("client_id", d)
	case "jti":
		c.ID, err = m.required("jti", d)
	case "scope":
		switch listed := d.PeekKind() == '['; {
		case slices.Contains(m.accept.Scope, "scope"):
			c.Scope, err = scope(d)
		case listed:
			err = errDialect
		default:
			c.Scope, err = anyText(d)
		}
	case "aud":
		c.Audience, err = texts(d)
	case "exp":
		c.ExpiresAt, err = date(d)
	case "nbf":
		c.NotBefore, err = date(d)
	case "iat":
		c.IssuedAt, err = date(d)
	case "cnf":
		c.Confirmation, err = confirmation(d)
	case "status":
		c.Status, err = status(d)
	case "active":
		if m.answer {
			m.active, err = boolean(d)
			m.hasActive = true
			return err
		}
		return d.SkipValue()
	case "token_type", "token_use", "typ":
		if m.answer {
			return m.kind(string(name), d)
		}
		return d.SkipValue()
	default:
		return m.other(name, d)
	}
	return err
}
