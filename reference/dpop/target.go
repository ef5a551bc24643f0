package dpop

import (
	"net/url"
	"strings"
)

// SameTarget compares two URLs without query and fragment. RFC 9449, section 4.3, has
// servers normalize them first, by syntax and by scheme (RFC 3986, sections 6.2.2 and
// 6.2.3). A first one that isn't an http or https URL is the same as none.
func SameTarget(htu, target string) bool {
	if htu == target && !strings.ContainsAny(htu, "?#") {
		return true // the usual case; the server's own URL is a good one
	}
	a, err := url.Parse(htu)
	b, other := url.Parse(target)
	if err != nil || other != nil || a.User != nil || a.Opaque != "" || a.Host == "" {
		return false
	}
	return strings.EqualFold(a.Scheme, b.Scheme) && authority(a) == authority(b) && pathOf(a) == pathOf(b)
}

// authority returns the host and the port, also where that is the scheme's own.
func authority(u *url.URL) string {
	port := u.Port()
	if port == "" {
		switch strings.ToLower(u.Scheme) {
		case "http":
			port = "80"
		case "https":
			port = "443"
		}
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}

// pathOf returns the path in its normal form: an empty one is the root (section 6.2.3).
func pathOf(u *url.URL) string {
	if path := withoutDots(decodeUnreserved(u.EscapedPath())); path != "" {
		return path
	}
	return "/"
}

// decodeUnreserved decodes the characters that never needed to be encoded, and spells
// the other ones in upper case (RFC 3986, sections 6.2.2.1 and 6.2.2.2). Whatever is
// left encoded means something else than its character.
func decodeUnreserved(path string) string {
	if !strings.Contains(path, "%") {
		return path
	}
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(path))
	for i := 0; i < len(path); i++ {
		if path[i] != '%' || i+2 >= len(path) {
			b = append(b, path[i])
			continue
		}
		c := nibble(path[i+1])<<4 | nibble(path[i+2])
		if i += 2; isUnreserved(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}

// nibble is for digits that the parser of URLs has seen.
func nibble(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

// RFC 3986, section 2.3: unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~"
func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// withoutDots removes the segments . and .. (RFC 3986, sections 6.2.2.3 and 5.2.4).
// Empty segments stay: they may name something.
func withoutDots(path string) string {
	if !strings.Contains(path, "/.") {
		return path
	}
	segments := strings.Split(path, "/")[1:] // the path of a URL with a host starts with a slash
	kept := segments[:0]
	for n, segment := range segments {
		last := n == len(segments)-1
		switch segment {
		case ".", "..":
			if segment == ".." && len(kept) > 0 {
				kept = kept[:len(kept)-1]
			}
			if last {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, segment)
		}
	}
	return "/" + strings.Join(kept, "/")
}
