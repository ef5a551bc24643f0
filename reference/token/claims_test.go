package token

import (
	"encoding/json"
	"reflect"
	"testing"
)

func sample() Claims {
	return Claims{
		Issuer: "https://as.example", Audience: "https://api.example",
		Subject: "app", ClientID: "app", Scope: "read write",
		IssuedAt: 1700000000, Expires: 1700003600, ID: "0123456789abcdefABCDEF",
	}
}

func TestLive(t *testing.T) {
	t.Parallel()
	c := Claims{Expires: 100}
	for now, want := range map[int64]bool{0: true, 99: true, 100: false, 101: false} {
		if got := c.Live(now); got != want {
			t.Errorf("at %d: %v, want %v", now, got, want)
		}
	}
}

var awkward = []string{
	"", "plain", "a b", `quote " backslash \`, "<script>&", "tab\tline\nnul\x00", "del\x7f",
	"h\u00e9llo", "\u2028\u2029", "bad \xff utf8", "\U0001F600",
}

func TestAppendString(t *testing.T) {
	t.Parallel()
	for _, s := range awkward {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := AppendString([]byte("x"), s); string(got) != "x"+string(want) {
			t.Errorf("%q: got %s, want x%s", s, got, want)
		}
	}
}

// encoding/json reads back what the encoder here wrote, with no member lost, added
// or of another type.
func TestPayload(t *testing.T) {
	t.Parallel()
	all := []Claims{sample(), {}}
	for _, s := range awkward[:len(awkward)-2] {
		all = append(all, Claims{Issuer: s, Audience: s, Subject: s, ClientID: s, Scope: s, IssuedAt: -1, Expires: 1 << 52, ID: s})
	}
	for _, c := range all {
		want, err := json.Marshal(struct {
			Claims
			Party string `json:"azp"`
		}{c, c.ClientID})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.appendPayload(nil); !sameJSON(t, got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y map[string]any
	if err := json.Unmarshal(a, &x); err != nil {
		t.Fatalf("%v: %s", err, a)
	}
	if err := json.Unmarshal(b, &y); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return reflect.DeepEqual(x, y)
}

func FuzzAppendString(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := AppendString(nil, s); string(got) != string(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
