package corpus

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/forge"
)

// What follows makes the tokens that no recipe does.

// good is a new good token of the case's algorithm.
func (w *workshop) good() (string, error) { return w.sound[w.current].Make(forge.Recipe{}) }

// literal is the text itself.
func literal(text string) func(*workshop) (string, error) {
	return func(*workshop) (string, error) { return text, nil }
}

// splice changes the text of a good token.
func splice(change func(string) string) func(*workshop) (string, error) {
	return func(w *workshop) (string, error) {
		s, err := w.good()
		return change(s), err
	}
}

// unencoded: RFC 7797, section 5.2: the payload as it is, which the signature is of.
func unencoded(w *workshop) (string, error) {
	sound := w.sound[w.current]
	header, err := forge.Alter(sound.Header, both(set("b64", `false`), set("crit", `["b64"]`))...)
	if err != nil {
		return "", err
	}
	input := encode(header) + "." + string(sound.Payload)
	signature, err := sound.Sign([]byte(input))
	return input + "." + encode(signature), err
}

// nested is a good token around a good token.
func nested(w *workshop) (string, error) {
	inner, err := w.good()
	if err != nil {
		return "", err
	}
	return w.sound[w.current].Make(forge.Recipe{Header: set("cty", `"JWT"`), Payload: instead(inner)})
}

// dotted is JSON that is good as JSON, and that says something else to whoever looks
// for the text between two dots.
func dotted(w *workshop) (string, error) {
	token, err := w.good()
	if err != nil {
		return "", err
	}
	p := strings.Split(token, ".")
	other, err := forge.Alter(w.sound[w.current].Payload, set("scope", `"admin"`)...)
	return fmt.Sprintf(`{"header":{"x":".%s."},"protected":%q,"payload":%q,"signature":%q}`, encode(other), p[0], p[1], p[2]), err
}

// sealed is encrypted to the public key that the issuer signs with.
func sealed(alg jose.KeyAlgorithm, content func(*workshop) ([]byte, error), compressed bool) func(*workshop) (string, error) {
	return func(w *workshop) (string, error) {
		plain, err := content(w)
		if err != nil {
			return "", err
		}
		options := (&jose.EncrypterOptions{}).WithType("at+jwt")
		if compressed {
			options.Compression = jose.DEFLATE
		}
		recipient := jose.Recipient{Algorithm: alg, Key: w.own[w.current].Public(), KeyID: string(w.current)}
		e, err := jose.NewEncrypter(jose.A128GCM, recipient, options)
		if err != nil {
			return "", err
		}
		object, err := e.Encrypt(plain)
		if err != nil {
			return "", err
		}
		return object.CompactSerialize()
	}
}

func claimsAlone(w *workshop) ([]byte, error) { return w.sound[w.current].Payload, nil }

func unsigned(w *workshop) ([]byte, error) {
	s, err := w.sound[w.current].Make(by(forge.NoKey, set("alg", `"none"`)))
	return []byte(s), err
}

func bomb(*workshop) ([]byte, error) { return bytes.Repeat([]byte("a"), 8<<20), nil }

// assembled has five parts, the first of which is looked at first: the rest is random.
func assembled(header string, key int) func(*workshop) (string, error) {
	return func(*workshop) (string, error) {
		out := encode([]byte(header))
		for _, size := range []int{key, 12, 64, 16} {
			part := make([]byte, size)
			if _, err := rand.Read(part); err != nil {
				return "", err
			}
			out += "." + encode(part)
		}
		return out, nil
	}
}

// utf16Text is the text in UTF-16, the last byte of each unit first, as octets.
func utf16Text(s string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}
