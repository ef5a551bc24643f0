package claims

import (
	"math"
	"strconv"
	"time"

	"github.com/oauthmark/oauthmark/reference/exactjson"
)

// text reads a string that isn't empty; null is none. The claims that are read so
// identify something, and an empty name would pass for one that isn't there.
func text(d *exactjson.Decoder) (string, error) {
	s, err := anyText(d)
	if err == nil && s == "" {
		return "", errMember
	}
	return s, err
}

func anyText(d *exactjson.Decoder) (string, error) {
	if d.PeekKind() != '"' {
		return "", errMember
	}
	token, err := d.ReadToken()
	if err != nil {
		return "", err
	}
	return token.String(), nil
}

func boolean(d *exactjson.Decoder) (bool, error) {
	if k := d.PeekKind(); k != 't' && k != 'f' {
		return false, errMember
	}
	token, err := d.ReadToken()
	if err != nil {
		return false, err
	}
	return token.Bool(), nil
}

// texts reads a string, or an array of strings (RFC 7519, section 4.1.3). An empty
// array is one: it names nobody.
func texts(d *exactjson.Decoder) ([]string, error) {
	if d.PeekKind() != '[' {
		one, err := anyText(d)
		return []string{one}, err
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	all := []string{}
	for d.PeekKind() != ']' {
		one, err := anyText(d)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	_, err := d.ReadToken()
	return all, err
}

// lastSecond is the end of the year 9999. Later dates, such as a 64-bit maximum
// for "never", are taken for [Never]: beyond lies overflow.
const lastSecond = 253402300799

// Never is the date that all after the year 9999 are taken for.
var Never = time.Unix(lastSecond, 0)

// date reads a JSON number of seconds since 1970, possibly with a fraction (RFC
// 7519, section 2).
func date(d *exactjson.Decoder) (time.Time, error) {
	if d.PeekKind() != '0' {
		return time.Time{}, errMember
	}
	number, err := d.ReadValue()
	if err != nil {
		return time.Time{}, err
	}
	if len(number) <= 11 { // too short to overflow; the usual case
		if seconds, err := strconv.ParseInt(string(number), 10, 64); err == nil && seconds >= 0 {
			return time.Unix(seconds, 0), nil
		}
	}
	seconds, err := strconv.ParseFloat(string(number), 64)
	if err != nil {
		return time.Time{}, errMember
	}
	// What is before 1970 is past in any case, and the year 1 would be [time.Time]'s zero.
	whole, fraction := math.Modf(min(max(seconds, 0), lastSecond))
	return time.Unix(int64(whole), int64(fraction*1e9)), nil
}

// confirmation reads a cnf. An empty one confirms nothing, and is refused later as
// one that isn't understood.
func confirmation(d *exactjson.Decoder) (*Confirmation, error) {
	c := &Confirmation{}
	err := object(d, func(name []byte, d *exactjson.Decoder) (err error) {
		switch string(name) {
		case "jkt":
			c.Thumbprint, err = text(d)
		case "x5t#S256":
			c.Certificate, err = text(d)
		default:
			c.Unknown = true
			return d.SkipValue()
		}
		return err
	})
	return c, err
}

// status reads a status. One of another mechanism than a list is passed over:
// strategies that don't ask for a status don't need it, and those that do refuse a
// token without a place in a list.
func status(d *exactjson.Decoder) (*Status, error) {
	var found *Status
	err := object(d, func(name []byte, d *exactjson.Decoder) error {
		if string(name) != "status_list" {
			return d.SkipValue()
		}
		s := Status{Index: -1}
		err := object(d, func(name []byte, d *exactjson.Decoder) (err error) {
			switch string(name) {
			case "idx":
				s.Index, err = index(d)
			case "uri":
				s.URI, err = text(d)
			default:
				return d.SkipValue()
			}
			return err
		})
		if err == nil && (s.Index < 0 || s.URI == "") {
			err = errMember
		}
		found = &s
		return err
	})
	return found, err
}

// index reads a whole number that isn't negative.
func index(d *exactjson.Decoder) (int64, error) {
	if d.PeekKind() != '0' {
		return 0, errMember
	}
	number, err := d.ReadValue()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(number), 10, 64)
	if err != nil || n < 0 {
		return 0, errMember
	}
	return n, nil
}
