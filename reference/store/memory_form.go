package store

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// row is what differs from token to token: 88 bytes without a pointer, so that a
// million of them neither fill the memory nor occupy the garbage collector.
type row struct {
	place           place
	issued, expires int64
	id, family      identifier
	form            formMark
	owner           uint32
}

// formMark is the number of a form, and what is marked in the row: a byte more would make
// it eight bytes larger.
type formMark uint32

const (
	keptMark formMark = 1 << 31 // not in a row that was removed
	usedMark formMark = 1 << 30
)

func (m formMark) number() uint32 { return uint32(m &^ (keptMark | usedMark)) }

func (m formMark) is(mark formMark) bool { return m&mark != 0 }

// form is what many tokens have in common: all of a client have the same issuer,
// audience and scope. It is a record without what its row and its owner hold.
type form struct {
	id     formID
	record Record
	// hasID and hasFamily say that they are in the row, and owned that there is an owner.
	hasID, hasFamily, owned bool
	rows                    int // that use it
}

// formID identifies a form or an owner; it is a SHA-256, so nobody can pass one for
// another.
type formID [sha256.Size]byte

// identifier is a jti or a family of 128 bits in base64url, as package token draws
// them. Any other stays in the form, which then belongs to that record alone.
type identifier [16]byte

var identifiers = base64.RawURLEncoding.Strict()

func (i *identifier) parse(s string) bool {
	if identifiers.DecodedLen(len(s)) != len(i) {
		return false
	}
	var b [len(i)]byte
	// The decoder passes over line breaks: the identifier has to come back as it was.
	if n, err := identifiers.Decode(b[:], []byte(s)); n != len(i) || err != nil {
		return false
	}
	*i = b
	return true
}

func (i identifier) String() string { return identifiers.EncodeToString(i[:]) }

// parts are what a record is kept as.
type parts struct {
	row     row
	form    form
	owner   owner
	ownerID formID
}

// split parts a record. What a client's own tokens say more is of that client, and
// counts as an owner, too.
func split(p place, r Record) (s parts, err error) {
	s.row = row{place: p, issued: r.Claims.IssuedAt, expires: r.Claims.Expires, owner: noOwner, form: keptMark}
	if r.Used {
		s.row.form |= usedMark
	}
	f := &s.form
	f.record = r
	c := &f.record.Claims
	c.IssuedAt, c.Expires, f.record.Used = 0, 0, false
	if f.hasID = s.row.id.parse(c.ID); f.hasID {
		c.ID = ""
	}
	if f.hasFamily = s.row.family.parse(r.Family); f.hasFamily {
		f.record.Family = ""
	}
	if f.owned = c.More != nil || c.Subject != c.ClientID; f.owned {
		s.owner = owner{subject: c.Subject, more: c.More}
		c.Subject, c.More = "", nil
		if s.ownerID, err = s.owner.id(); err != nil {
			return parts{}, err
		}
	}
	return s, nil
}

// texts are all that the form says, beside what is where.
func (f *form) texts() [9]string {
	r, c := &f.record, &f.record.Claims
	return [...]string{c.Issuer, c.Audience, c.Subject, c.ClientID, c.Scope, c.ID, string(r.Kind), r.Family, string(r.Token)}
}

// same reports whether another form says the same.
func (f *form) same(other *form) bool {
	return f.hasID == other.hasID && f.hasFamily == other.hasFamily && f.owned == other.owned && f.texts() == other.texts()
}

// identify digests the form. Each text has its length before it, so that no two forms are
// digested alike.
func (f *form) identify() formID {
	b := make([]byte, 0, 512)
	for _, text := range f.texts() {
		b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
	}
	mark := byte(0)
	for n, is := range []bool{f.hasID, f.hasFamily, f.owned} {
		if is {
			mark |= 1 << n
		}
	}
	return sha256.Sum256(append(b, mark))
}
