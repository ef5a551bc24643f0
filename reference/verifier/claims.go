package verifier

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	josejson "github.com/go-jose/go-jose/v4/json"
)

// Claims is what an accepted token says.
type Claims struct {
	ClientID  string
	Scope     string    // space-delimited, as the issuer wrote it
	Subject   string    // empty when unknown
	ExpiresAt time.Time // zero when unknown
}

// payload holds the members that a JWT's claims and an introspection answer share.
// Of those that are checked it keeps whether they were there, so that an empty
// value isn't taken for an absent one.
type payload struct {
	Issuer    text        `json:"iss"`
	Audience  audience    `json:"aud"`
	ExpiresAt numericDate `json:"exp"`
	NotBefore numericDate `json:"nbf"`
	Subject   text        `json:"sub"`
	ClientID  text        `json:"client_id"`
	Scope     text        `json:"scope"`
}

func (p payload) claims() Claims {
	return Claims{ClientID: p.ClientID.value, Scope: p.Scope.value, Subject: p.Subject.value, ExpiresAt: p.ExpiresAt.value}
}

// decodeStrict decodes a JSON object into v.
//
// RFC 7519, section 4: claim names are unique; a duplicate is refused here, where
// encoding/json would take the last. Names are compared as they are, where
// encoding/json would take "EXP" for "exp".
//
// RFC 8725, section 3.7: JSON is UTF-8; other bytes are refused rather than replaced.
func decodeStrict(data []byte, v any) error {
	if !utf8.Valid(data) {
		return errors.New("not UTF-8")
	}
	return josejson.Unmarshal(data, v)
}

var errClaim = errors.New("member of the wrong type")

// text is a member that is a JSON string; null isn't one.
type text struct {
	value   string
	present bool
}

func (t *text) UnmarshalJSON(data []byte) error {
	if len(data) < 2 || data[0] != '"' {
		return errClaim
	}
	// The decoder hands over a literal that it has found valid: without an escape, it
	// stands for itself.
	if bytes.IndexByte(data, '\\') < 0 {
		t.value = string(data[1 : len(data)-1])
	} else if json.Unmarshal(data, &t.value) != nil {
		return errClaim
	}
	t.present = true
	return nil
}

// audience is a string or an array of strings (RFC 7519, section 4.1.3; RFC 7662,
// section 2.2).
type audience struct {
	values  []string
	present bool
}

func (a *audience) UnmarshalJSON(data []byte) error {
	a.present = true
	var one text
	if one.UnmarshalJSON(data) == nil {
		a.values = []string{one.value}
		return nil
	}
	var many []text
	if len(data) == 0 || data[0] != '[' || json.Unmarshal(data, &many) != nil {
		return errClaim
	}
	for _, element := range many {
		if !element.present { // null
			return errClaim
		}
		a.values = append(a.values, element.value)
	}
	return nil
}

// numericDate is a JSON number of seconds since the epoch, possibly with a fraction
// (RFC 7519, section 2).
type numericDate struct {
	value   time.Time
	present bool
}

// lastSecond is the end of the year 9999. Later dates, such as a 64-bit maximum
// for "never", are taken for it: beyond lies overflow.
const lastSecond = 253402300799

func (d *numericDate) UnmarshalJSON(data []byte) error {
	if len(data) == 0 || data[0] != '-' && (data[0] < '0' || data[0] > '9') {
		return errClaim
	}
	seconds, err := strconv.ParseFloat(string(data), 64)
	if err != nil {
		return errClaim
	}
	whole, fraction := math.Modf(min(max(seconds, -lastSecond), lastSecond))
	d.value = time.Unix(int64(whole), int64(fraction*1e9))
	d.present = true
	return nil
}
