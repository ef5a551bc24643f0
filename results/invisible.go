package results

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf16"
)

// Invisible reports whether a reader doesn't see the character but may be misled by it:
// one that steers a terminal, turns the direction of text around, or takes no room.
func Invisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp,
		unicode.Noncharacter_Code_Point, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// visible writes the invisible characters in JSON as escapes. Those outside its strings
// are the breaks of its lines.
func visible(json []byte) []byte {
	if !bytes.ContainsFunc(json, func(r rune) bool { return r != '\n' && Invisible(r) }) {
		return json
	}
	var out bytes.Buffer
	for _, r := range string(json) {
		switch high, low := utf16.EncodeRune(r); {
		case r == '\n' || !Invisible(r):
			out.WriteRune(r)
		case high != unicode.ReplacementChar:
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}
