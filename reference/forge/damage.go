package forge

import (
	"bytes"
	"encoding/asn1"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// Damage is an edit by name: of a signature's octets, see [SignatureDamages], or of the
// text of a token, see [TextDamages].
type Damage string

// signatureDamages never change the octets in place, and return nil for none left.
var signatureDamages = map[Damage]func([]byte) []byte{
	"flip-first":  func(b []byte) []byte { return flip(b, 0) },
	"flip-middle": func(b []byte) []byte { return flip(b, len(b)/2) },
	"flip-last":   func(b []byte) []byte { return flip(b, len(b)-1) },
	"empty":       func([]byte) []byte { return nil },
	"short":       func(b []byte) []byte { return b[:max(0, len(b)-1)] },
	"long":        func(b []byte) []byte { return append(bytes.Clone(b), 0) },
	"zero":        func(b []byte) []byte { return make([]byte, len(b)) },
	"reverse":     func(b []byte) []byte { b = bytes.Clone(b); slices.Reverse(b); return b },
	"der":         der,
	"swap-halves": func(b []byte) []byte { return slices.Concat(b[len(b)/2:], b[:len(b)/2]) },
}

// textDamages work on any text; those that need three parts leave another as it is.
var textDamages = map[Damage]func(string) string{
	"pad": func(s string) string {
		return eachPart(s, func(p string) string { return p + strings.Repeat("=", -len(p)&3) })
	},
	"standard-alphabet": strings.NewReplacer("-", "+", "_", "/").Replace,
	"space-before":      func(s string) string { return " " + s },
	"space-after":       func(s string) string { return s + " " },
	"line-break-after":  func(s string) string { return s + "\n" },
	"line-break-inside": func(s string) string { return s[:len(s)/2] + "\r\n" + s[len(s)/2:] },
	"nul-after":         func(s string) string { return s + "\x00" },
	"unused-bits":       unusedBits,
	"dot-after":         func(s string) string { return s + "." },
	"fourth-part":       func(s string) string { return s + ".e30" },
	"two-parts":         func(s string) string { return s[:max(0, strings.LastIndexByte(s, '.'))] },
	"percent-dots":      func(s string) string { return strings.ReplaceAll(s, ".", "%2E") },
	"json-flattened":    func(s string) string { return serialize(s, false) },
	"json-general":      func(s string) string { return serialize(s, true) },
	"swap-case":         swapCase,
	"short":             func(s string) string { return s[:max(0, len(s)-1)] },
	"long":              func(s string) string { return s + "A" },
	"half":              func(s string) string { return s[:len(s)/2] },
	"empty":             func(string) string { return "" },
}

// SignatureDamages lists what [Spoil] can do, sorted.
func SignatureDamages() []Damage { return slices.Sorted(maps.Keys(signatureDamages)) }

// TextDamages lists what [Respell] can do, sorted.
func TextDamages() []Damage { return slices.Sorted(maps.Keys(textDamages)) }

// Spoil damages the octets of a signature, in the order of the list.
func Spoil(signature []byte, all ...Damage) ([]byte, error) {
	for _, d := range all {
		do, ok := signatureDamages[d]
		if !ok {
			return nil, fmt.Errorf("spoil signature: no damage %q; there are %v", string(d), SignatureDamages())
		}
		spoiled := do(signature)
		if bytes.Equal(spoiled, signature) {
			return nil, fmt.Errorf("spoil signature: %s: %w", d, ErrNoEffect)
		}
		signature = spoiled
	}
	return signature, nil
}

// Respell damages the text of a token, a JWT or an opaque one.
func Respell(token string, all ...Damage) (string, error) {
	for _, d := range all {
		do, ok := textDamages[d]
		if !ok {
			return "", fmt.Errorf("respell token: no damage %q; there are %v", string(d), TextDamages())
		}
		spoiled := do(token)
		if spoiled == token {
			return "", fmt.Errorf("respell token: %s: %w", d, ErrNoEffect)
		}
		token = spoiled
	}
	return token, nil
}

func flip(b []byte, at int) []byte {
	if len(b) == 0 {
		return b
	}
	b = bytes.Clone(b)
	b[at] ^= 0x10
	return b
}

// der writes R and S as ECDSA does elsewhere, not as RFC 7518, section 3.4, wants.
func der(b []byte) []byte {
	if len(b) != 64 && len(b) != 96 && len(b) != 132 {
		return b
	}
	r, s := new(big.Int).SetBytes(b[:len(b)/2]), new(big.Int).SetBytes(b[len(b)/2:])
	out, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil { // two numbers always have a form
		panic(err)
	}
	return out
}

func eachPart(s string, do func(string) string) string {
	parts := strings.Split(s, ".")
	for n := range parts {
		parts[n] = do(parts[n])
	}
	return strings.Join(parts, ".")
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// unusedBits sets the last bit of the last character, where it stands for nothing: RFC
// 4648, section 3.5, has such bits zero.
func unusedBits(s string) string {
	last := len(s) - 1
	if part := s[strings.LastIndexByte(s, '.')+1:]; len(part)&3 < 2 {
		return s
	}
	n := strings.IndexByte(alphabet, s[last])
	if n < 0 {
		return s
	}
	return s[:last] + alphabet[n|1:n|1+1]
}

// serialize writes a token as JSON (RFC 7515, section 7.2), as no access token is sent.
func serialize(s string, general bool) string {
	parts := strings.Split(s, ".")
	if len(parts) != 3 {
		return s
	}
	object := map[string]any{"protected": parts[0], "payload": parts[1], "signature": parts[2]}
	if general {
		signature := map[string]any{"protected": parts[0], "signature": parts[2]}
		object = map[string]any{"payload": parts[1], "signatures": []any{signature}}
	}
	b, err := json.Marshal(object)
	if err != nil { // strings always have a JSON form
		panic(err)
	}
	return string(b)
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, s)
}
