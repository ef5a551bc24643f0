package store

import (
	"encoding/json"
	"fmt"

	"github.com/oauthmark/oauthmark/reference/token"
)

// Key is how a record is found: what [AtRest.Key] makes of a token or of its
// identifier. It holds any bytes.
type Key string

// Kind is what a record stands for.
type Kind string

const (
	Access  Kind = "access"
	Refresh Kind = "refresh"
	Code    Kind = "code" // authorization code
)

// Record is what is kept of a token. Its JSON is its stored form: a member of the
// claims that has none isn't kept, and one that isn't known is passed over, so that
// versions of this program can share a store.
type Record struct {
	Claims token.Claims `json:"claims"`
	Kind   Kind         `json:"kind,omitempty"`
	// Family is the grant that the token descends from; empty for one that has no
	// relatives. RFC 7009, section 2.1: with a refresh token, the access tokens of
	// its grant SHOULD go, too.
	Family string `json:"family,omitempty"`
	Token  []byte `json:"token,omitempty"` // the whole token, sealed by AtRest; or nothing
	Used   bool   `json:"-"`               // kept beside the rest, for it changes alone
}

// Encode returns the stored form, without Used.
func (r *Record) Encode() ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode record: %w", err)
	}
	return b, nil
}

// DecodeRecord reads what [Record.Encode] wrote.
func DecodeRecord(b []byte, used bool) (Record, error) {
	r := Record{Used: used}
	if err := json.Unmarshal(b, &r); err != nil {
		// The decoder's message may quote what it read.
		return Record{}, fmt.Errorf("decode record of %d bytes: malformed: %w", len(b), ErrUnavailable)
	}
	return r, nil
}
