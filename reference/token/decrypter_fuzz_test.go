package token

import (
	"strings"
	"testing"
)

// Whatever comes, it is refused, but for what the encrypter made.
func FuzzDecrypt(f *testing.F) {
	e, d, _ := pair(f, "dir", "A256GCM")
	good, err := e.Encrypt(inner)
	if err != nil {
		f.Fatal(err)
	}
	header, rest, _ := strings.Cut(good, ".")
	for _, seed := range []string{good, header + "....", header, "." + rest, "a.b.c.d.e", "....", inner, ""} {
		f.Add(seed)
	}
	f.Add(encoding.EncodeToString([]byte(`{"alg":"dir","enc":"A256GCM","cty":"JWT","kid":"rs-1","zip":"DEF"}`)) + "." + rest)
	f.Fuzz(func(t *testing.T, tok string) {
		if got, err := d.Decrypt(tok); (err == nil || got != "") && tok != good {
			t.Errorf("accepted a token that was not made: %q", tok)
		}
	})
}
