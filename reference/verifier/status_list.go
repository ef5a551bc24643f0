package verifier

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/exactjson"
)

// typeStatusList is the typ of a list's header and, after application/, its media type
// (draft-ietf-oauth-status-list, sections 5.1 and 8.1).
const typeStatusList = "statuslist+jwt"

const (
	maxStatusListText  = 8 << 20         // bytes of a list as it is sent
	maxStatusList      = 4 << 20         // bytes of a list when it is decompressed: 32 million tokens of 1 bit
	defaultStatusTTL   = 5 * time.Minute // of a list that has none
	maxStatusTTL       = time.Hour       // that is followed
	statusListsBytes   = 64 << 20        // of all lists that are kept
	statusListOverhead = 512             // bytes of a list beside its bits, about
)

// statusList is a Token Status List (draft-ietf-oauth-status-list).
type statusList struct {
	bits    int // of each token: 1, 2, 4 or 8
	octets  []byte
	expires time.Time // zero for never
	ttl     time.Duration
}

// errStatusIndex says that a list has no such place.
var errStatusIndex = errors.New("the index is out of range")

// status returns a token's status. Section 4.1: the first token's is in the least
// significant bits of the first byte.
func (l *statusList) status(index int64) (byte, error) {
	each := int64(8 / l.bits)
	if index < 0 || index/each >= int64(len(l.octets)) {
		return 0, errStatusIndex
	}
	return l.octets[index/each] >> (int(index%each) * l.bits) & (1<<l.bits - 1), nil
}

type statusListPayload struct {
	Subject  string   `json:"sub"`
	IssuedAt *float64 `json:"iat"`
	Expires  *float64 `json:"exp"`
	TTL      *float64 `json:"ttl"`
	List     struct {
		Bits int    `json:"bits"`
		List string `json:"lst"`
	} `json:"status_list"`
}

// parseStatusList reads the payload of a list whose signature was checked.
func parseStatusList(payload []byte, uri string, now time.Time, leeway time.Duration) (*statusList, error) {
	var p statusListPayload
	if exactjson.Unmarshal(payload, &p) != nil {
		return nil, errors.New("the status list is malformed")
	}
	if err := checkStatusSubject(p, uri); err != nil {
		return nil, err
	}
	if err := checkStatusTimes(p, now, leeway); err != nil {
		return nil, err
	}
	l := &statusList{bits: p.List.Bits, ttl: defaultStatusTTL}
	if p.Expires != nil {
		l.expires = numericDate(*p.Expires)
	}
	if p.TTL != nil {
		l.ttl = min(time.Duration(min(*p.TTL, maxStatusTTL.Seconds())*float64(time.Second)), maxStatusTTL)
	}
	// Section 4.1: a status has 1, 2, 4 or 8 bits.
	if b := p.List.Bits; b != 1 && b != 2 && b != 4 && b != 8 {
		return nil, errors.New("the status list has a number of bits that there is not")
	}
	octets, err := inflate(p.List.List)
	if err != nil {
		return nil, err
	}
	l.octets = octets
	return l, nil
}

// Section 8.3: the sub of the list has to be the uri of the token's claim, or a list of
// other tokens could be put in its place.
func checkStatusSubject(p statusListPayload, uri string) error {
	if p.Subject != uri {
		return errors.New("the status list is another than was asked for")
	}
	return nil
}

// Section 5.1: iat is required, and ttl, where it is, a positive number. Section 8.3: a
// list past its exp isn't used.
func checkStatusTimes(p statusListPayload, now time.Time, leeway time.Duration) error {
	switch {
	case p.IssuedAt == nil || now.Add(leeway).Before(numericDate(*p.IssuedAt)):
		return errors.New("the status list has no iat, or one in the future")
	case p.Expires != nil && !now.Before(numericDate(*p.Expires)):
		return errors.New("the status list has expired")
	case p.TTL != nil && *p.TTL <= 0:
		return errors.New("the status list has a ttl that isn't positive")
	}
	return nil
}

// numericDate reads seconds since 1970 (RFC 7519, section 2).
func numericDate(seconds float64) time.Time {
	return time.Unix(int64(min(max(seconds, 0), float64(claims.Never.Unix()))), 0)
}

// inflate decodes the lst of a list: base64url without padding, of the ZLIB format
// (section 4.1). A small text may inflate to any size.
func inflate(text string) ([]byte, error) {
	compressed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errors.New("the status list isn't base64url")
	}
	r, err := zlib.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, errors.New("the status list isn't in the ZLIB format")
	}
	octets, err := io.ReadAll(io.LimitReader(r, maxStatusList+1))
	switch {
	case err != nil:
		return nil, errors.New("the status list isn't in the ZLIB format")
	case len(octets) > maxStatusList:
		return nil, fmt.Errorf("the status list is longer than %d bytes", maxStatusList)
	}
	return octets, nil
}
