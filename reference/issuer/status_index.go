package issuer

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// statusListSize is the number of tokens of one status list. Each list is published
// whole: 16 KiB of zeros are a few dozen bytes when compressed.
const statusListSize = 1 << 17

// statusListID names a status list, in the store and in its URL.
type statusListID [6]byte

func (id statusListID) String() string { return hex.EncodeToString(id[:]) }

func parseStatusListID(s string) (id statusListID, ok bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(id) || hex.EncodeToString(b) != s {
		return id, false
	}
	return statusListID(b), true
}

// statusIndex is a token's place in the lists. It is a part of the token's jti, so that the
// list of revocations tells which bits are set, also after a restart and in every process
// on the same store. It has as many bytes as a random jti: list 6, index 3, mark 2,
// random 5.
type statusIndex struct {
	list statusListID
	idx  int
}

// statusMark tells most other identifiers from these; the list has to exist, besides.
const statusMark = 0x5153

const statusIDLength = 16 // in bytes

// jti makes an identifier for the place, which is taken once.
func (s statusIndex) jti(rand io.Reader) (string, error) {
	var b [statusIDLength]byte
	if _, err := io.ReadFull(rand, b[11:]); err != nil {
		return "", fmt.Errorf("draw token id: %w", err)
	}
	copy(b[:], s.list[:])
	b[6], b[7], b[8] = byte(s.idx>>16), byte(s.idx>>8), byte(s.idx)
	binary.BigEndian.PutUint16(b[9:], statusMark)
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// statusIndexOf returns the place of a revoked token that has one.
func statusIndexOf(s store.Subject) (statusIndex, bool) {
	jti, ok := s.Token()
	if !ok || !identifier(jti) || len(jti) == token.UUIDLength {
		return statusIndex{}, false
	}
	b, err := base64.RawURLEncoding.DecodeString(jti[len(jti)-token.IDLength:])
	if err != nil || len(b) != statusIDLength || binary.BigEndian.Uint16(b[9:]) != statusMark {
		return statusIndex{}, false
	}
	idx := int(b[6])<<16 | int(b[7])<<8 | int(b[8])
	return statusIndex{statusListID(b[:6]), idx}, idx < statusListSize
}
