package targets

import (
	"errors"
	"strconv"
	"strings"
)

// Mode is who may do what with a file, written in octal as chmod takes it: 0644, or 644.
type Mode uint32

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *Mode) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(strings.TrimPrefix(string(text), "0o"), 8, 32)
	if err != nil || n == 0 || n > 0o777 {
		return errors.New("want the mode of a file in octal, such as 0644")
	}
	*m = Mode(n)
	return nil
}
