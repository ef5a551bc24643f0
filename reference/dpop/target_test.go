package dpop

import (
	"net/url"
	"testing"
)

func TestSameTarget(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		htu, target string
		want        bool
	}{
		{"https://a.example/b", "https://a.example/b", true},
		{"https://a.example/b?c=d", "https://a.example/b", true},
		{"https://a.example/b#c", "https://a.example/b", true},
		{"https://a.example/b", "https://a.example/b?c", true},
		{"HTTPS://A.Example/b", "https://a.example/b", true},
		{"https://a.example:443/b", "https://a.example/b", true},
		{"https://a.example:/b", "https://a.example/b", true},
		{"http://a.example:80/b", "http://a.example/b", true},
		{"https://a.example", "https://a.example/", true},
		{"https://a.example/%7Eb", "https://a.example/~b", true},
		{"https://a.example/%c3%a9", "https://a.example/%C3%A9", true},
		{"https://a.example/b/./c/../d", "https://a.example/b/d", true},
		{"https://a.example/b/..", "https://a.example/", true},
		{"https://a.example/../b", "https://a.example/b", true},
		{"https://a.example/%2e%2E/b", "https://a.example/b", true},
		{"https://[::1]:8443/b", "https://[::1]:8443/b", true},
		{"https://a.example/B", "https://a.example/b", false},
		{"https://a.example/b/", "https://a.example/b", false},
		{"https://a.example//b", "https://a.example/b", false},
		{"https://a.example/b%2Fc", "https://a.example/b/c", false},
		{"https://a.example/b%3Fc", "https://a.example/b", false},
		{"https://a.example:444/b", "https://a.example/b", false},
		{"https://a.example:80/b", "https://a.example/b", false},
		{"http://a.example/b", "https://a.example/b", false},
		{"https://a.example.evil/b", "https://a.example/b", false},
		{"https://a.example@evil.example/b", "https://a.example/b", false},
		{"https://u@a.example/b", "https://a.example/b", false},
		{"//a.example/b", "https://a.example/b", false},
		{"/b", "https://a.example/b", false},
		{"https:a.example/b", "https://a.example/b", false},
		{"https:///b", "https:///b?", false},
		{"https://a.example/%zz", "https://a.example/%zz?", false},
		{"https://a.example/b\x00", "https://a.example/b", false},
		{"", "https://a.example/", false},
	} {
		if got := SameTarget(test.htu, test.target); got != test.want {
			t.Errorf("%q and %q: %t", test.htu, test.target, got)
		}
	}
}

// Every URL is the same as itself with a query, and normalizing settles.
func FuzzSameTarget(f *testing.F) {
	f.Add("/b/./c/../d")
	f.Add("/%7e%2F/..//")
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.Parse("https://a.example/" + path)
		if err != nil || u.Host != "a.example" || u.User != nil {
			return
		}
		u.RawQuery, u.Fragment, u.ForceQuery = "", "", false
		if !SameTarget(u.String()+"?x=y", u.String()) {
			t.Errorf("%q isn't itself", u)
		}
		once := pathOf(u)
		if again, err := url.Parse("https://a.example" + once); err != nil || pathOf(again) != once {
			t.Errorf("%q: %q isn't normal: %v", path, once, err)
		}
	})
}
