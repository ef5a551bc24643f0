package scenarios

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestReadTrace(t *testing.T) {
	t.Parallel()
	// A log has the order in which requests ended, not the one in which they came.
	got, err := ReadTrace("dir/a.csv", strings.NewReader("# seconds, token\n1764295200.5,bb\n1764295200,aa\n\n 1764295201.25 , bb \n1764295202,cc"))
	if err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{0, 500 * time.Millisecond, 1250 * time.Millisecond, 2 * time.Second}
	if !slices.Equal(got.Due, want) || !slices.Equal(got.Tokens, []uint32{0, 1, 1, 2}) || got.Count != 3 {
		t.Errorf("%+v, want requests after %v", got, want)
	}
	if got.Lasts() != 2*time.Second+2*time.Second/3 || got.Rate() < 1.49 || got.Rate() > 1.51 {
		t.Errorf("lasts %v at %g/s", got.Lasts(), got.Rate())
	}
	other, _ := ReadTrace("a.csv", strings.NewReader("1,a\n2,b"))
	if name := got.Name; !strings.HasPrefix(name, "a.csv sha256:") || other.Name == name {
		t.Errorf("%q and %q: want the name of the file and what it holds", name, other.Name)
	}
}

// What is wrong is said with its line, and nothing that could be a secret is repeated.
func TestReadTraceRefuses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                      "has 0 requests",
		"1,a":                   "has 1 requests",
		"1,a\nsecret":           "a.csv:2: want two fields",
		"1,a\n2,b,secret":       "a.csv:2: want two fields",
		"secret,a\n2,b":         "a.csv:1: the first field isn't a time",
		"NaN,a\n2,b":            "a.csv:1: the first field isn't a time",
		"1,a\n1e300,b":          "a.csv:2: the first field isn't a time",
		"1,a\n\n2,":             "a.csv:3: the second field is empty",
		"1,a\n2,eyJsecret.e30.": "a.csv:2: the second field looks like a token itself",
		"1,a\n1,b":              "a.csv: its requests came within 0 s",
		"1,a\n100000,b":         "want more than 0, and at most 24h",
		"1,a\n2," + strings.Repeat("secret", 200):  "a.csv:2: is longer than 1024 bytes",
		"1,a\n2," + strings.Repeat("secret", 2000): "a.csv:2: is longer than 1024 bytes",
	} {
		_, err := ReadTrace("a.csv", strings.NewReader(in))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(strings.TrimSuffix(err.Error(), ", for it is a secret"), "secret") {
			t.Errorf("%.40q: error %v, want %q", in, err, want)
		}
	}
}
