package targets

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
)

// Loopback says that putting load on the target concerns this machine alone: we
// start it ourselves, or all that is known of it is on a loopback address.
func (t Target) Loopback() bool { return len(t.Beyond()) == 0 }

// Beyond lists the hosts beyond this machine to which load on the target would go.
func (t Target) Beyond() []string { return slices.DeleteFunc(t.hosts(), loopbackHost) }

// Unallowed lists the hosts beyond this machine to which load on the target would go, and
// which no person has allowed. What a host's name resolves to doesn't matter: the person
// named it. The resource server runs here and asks the target, which is load there as well.
func (t Target) Unallowed() []string {
	return slices.DeleteFunc(t.hosts(), t.MayLoadHost)
}

// MayLoadHost reports whether load may go to the host: one on this machine, or one that a
// person has allowed. A host that metadata, a token or a redirect names is neither.
func (t Target) MayLoadHost(host string) bool {
	return loopbackHost(host) || slices.ContainsFunc(t.AllowHosts, func(allowed string) bool { return sameHost(allowed, host) })
}

// hosts lists the hosts of a server that somebody else started, each once: of its URL, and
// of its endpoints as far as they are known. One that can't be read is "".
func (t Target) hosts() (out []string) {
	if t.URL == "" {
		return nil
	}
	urls := []string{t.URL}
	for _, at := range t.Endpoints {
		if !isPath(at) {
			urls = append(urls, at)
		}
	}
	if t.external != nil {
		urls = slices.AppendSeq(urls, maps.Values(t.external.Endpoints))
	}
	for _, s := range urls {
		host := ""
		if u, err := url.Parse(s); err == nil {
			host = strings.ToLower(u.Hostname())
		}
		out = append(out, host)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// CheckHost says what is wrong with the name or address of a host, nil where nothing is.
func CheckHost(host string) error {
	switch {
	case host == "":
		return fmt.Errorf("is empty: want the name of a host, such as as.example")
	case strings.ContainsAny(host, "*?"):
		return fmt.Errorf("%q: each host is named in full, without a pattern", host)
	case net.ParseIP(host) != nil:
		return nil
	case strings.ContainsAny(host, "/:@[] \t"):
		return fmt.Errorf("is no host: want its name or address alone, without scheme, port and path, such as as.example")
	}
	return nil
}

func sameHost(a, b string) bool {
	if x, y := net.ParseIP(a), net.ParseIP(b); x != nil && y != nil {
		return x.Equal(y)
	}
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

func loopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
