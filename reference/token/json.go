package token

import "encoding/json"

// AppendString appends s as a JSON string, the same bytes as encoding/json. The
// printable ASCII that nearly every claim consists of is copied as it is, which
// spares the request path an encoder; anything else is left to encoding/json.
func AppendString(b []byte, s string) []byte {
	for i := range len(s) {
		if !plain[s[i]] {
			quoted, err := json.Marshal(s)
			if err != nil { // a string always has a JSON form
				panic(err)
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// plain marks the bytes that encoding/json neither escapes nor replaces.
var plain = func() (t [256]bool) {
	for c := ' '; c <= '~'; c++ {
		t[c] = true
	}
	for _, c := range `"\<>&` {
		t[c] = false
	}
	return t
}()
