package store

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Subject is what a revocation names: one token by its identifier, or a family.
type Subject string

const (
	tokenPrefix  = "t:"
	familyPrefix = "f:"
)

// TokenSubject is the token with that jti.
func TokenSubject(id string) Subject { return Subject(tokenPrefix + id) }

// FamilySubject is every token of that family, those to come as well.
func FamilySubject(family string) Subject { return Subject(familyPrefix + family) }

// Token returns the jti of a single token; ok is false for a family.
func (s Subject) Token() (id string, ok bool) { return strings.CutPrefix(string(s), tokenPrefix) }

// Family returns the family; ok is false for a single token.
func (s Subject) Family() (family string, ok bool) {
	return strings.CutPrefix(string(s), familyPrefix)
}

// Check returns an error for a subject that names nothing: a record without a
// family must not be one of a family without a name.
func (s Subject) Check() error {
	if len(s) <= len(tokenPrefix) || !strings.HasPrefix(string(s), tokenPrefix) && !strings.HasPrefix(string(s), familyPrefix) {
		return fmt.Errorf("revoke: %w", ErrNoSubject)
	}
	return nil
}

// Revocation is a subject on the list.
type Revocation struct {
	Subject Subject
	Expires int64 // when it leaves the list, in seconds since 1970
}

// Cursor is a place in the list, meaningful only to the store that returned it.
type Cursor string

// ErrCursor says that a cursor isn't one of the store's.
var ErrCursor = errors.New("malformed cursor")

// CursorOf returns a cursor made of numbers.
func CursorOf(numbers ...int64) Cursor {
	var b []byte
	for i, n := range numbers {
		if i > 0 {
			b = append(b, '.')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return Cursor(b)
}

// Numbers reads the n numbers of a cursor; those of the beginning are zero.
func (c Cursor) Numbers(n int) ([]int64, error) {
	numbers := make([]int64, n)
	if c == "" {
		return numbers, nil
	}
	parts := strings.Split(string(c), ".")
	if len(parts) != n {
		return nil, fmt.Errorf("list revocations: %w", ErrCursor)
	}
	for i, part := range parts {
		v, err := strconv.ParseInt(part, 10, 64)
		if err != nil || v < 0 {
			return nil, fmt.Errorf("list revocations: %w", ErrCursor)
		}
		numbers[i] = v
	}
	return numbers, nil
}
