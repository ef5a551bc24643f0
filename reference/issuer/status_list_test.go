package issuer

import (
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/store"
)

func listedConfig() Config {
	c := partyConfig()
	c.StatusList = true
	c.ListInterval = 60
	return c
}

// place is what a token's status claim says.
type place struct {
	Status struct {
		List struct {
			Index *int   `json:"idx"`
			URI   string `json:"uri"`
		} `json:"status_list"`
	} `json:"status"`
	JTI string `json:"jti"`
}

func placeOf(t testing.TB, tok string) place {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(tok, ".")[1])
	var p place
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err != nil || p.Status.List.Index == nil {
		t.Fatalf("no place in a status list: %v", err)
	}
	return p
}

// fetchList reads a list as a resource server would, and returns its bits.
func fetchList(t testing.TB, i *Issuer, uri string) (statusListClaims, []byte) {
	t.Helper()
	u, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	w := do(i, request{method: "GET", path: u.Path, media: "none"})
	if ct := w.Header().Get("Content-Type"); w.Code != 200 || ct != "application/statuslist+jwt" {
		t.Fatalf("status %d, Content-Type %q", w.Code, ct)
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(do(i, request{method: "GET", path: pathJWKS}).Body.Bytes(), &set); err != nil {
		t.Fatal(err)
	}
	parsed, err := jose.ParseSigned(w.Body.String(), assertionAlgorithms)
	if err != nil {
		t.Fatal(err)
	}
	header := parsed.Signatures[0].Protected
	if header.ExtraHeaders[jose.HeaderType] != "statuslist+jwt" {
		t.Errorf("typ is %v", header.ExtraHeaders[jose.HeaderType])
	}
	payload, err := parsed.Verify(set.Key(header.KeyID)[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	var c statusListClaims
	if err := json.Unmarshal(payload, &c); err != nil {
		t.Fatal(err)
	}
	return c, inflate(t, c.List.List)
}

func inflate(t testing.TB, lst string) []byte {
	t.Helper()
	z, err := zlib.NewReader(base64.NewDecoder(base64.RawURLEncoding, strings.NewReader(lst)))
	if err != nil {
		t.Fatal(err)
	}
	bits, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return bits
}

func (p place) revoked(bits []byte) bool {
	return bits[*p.Status.List.Index/8]>>(*p.Status.List.Index%8)&1 == 1
}

func TestStatusList(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, listedConfig(), clk)
	var toks []string
	seen := map[int]bool{}
	for _, id := range []string{"RS256", "ES256", "EdDSA"} {
		for range 3 {
			tok := obtain(t, i, id, "")
			toks = append(toks, tok)
			idx := *placeOf(t, tok).Status.List.Index
			if seen[idx] {
				t.Errorf("index %d twice", idx)
			}
			seen[idx] = true
		}
	}
	uri := placeOf(t, toks[0]).Status.List.URI
	for n, id := range []string{"RS256", "ES256", "EdDSA"} {
		giveBack(i, id, toks[3*n], "")
		c, bits := fetchList(t, i, uri)
		now := clk.now().Unix()
		if c.Subject != uri || c.IssuedAt != now || c.TTL != 60 || c.Expires != now+120 || c.List.Bits != 1 || len(bits) != statusListSize/8 {
			t.Errorf("%+v, %d bytes", c, len(bits))
		}
		for m, tok := range toks {
			if want := m%3 == 0 && m <= 3*n; placeOf(t, tok).revoked(bits) != want {
				t.Errorf("after %d revocations, token %d: revoked %t", n+1, m, !want)
			}
		}
	}
	if strings.Contains(string(do(i, request{method: "GET", path: pathMetadata}).Body.String()), "statuslists") {
		t.Error("the metadata names a folder")
	}
	// It is signed anew when it is old, and not before.
	first, _ := fetchList(t, i, uri)
	clk.advance(59)
	if c, _ := fetchList(t, i, uri); c.IssuedAt != first.IssuedAt {
		t.Error("signed anew though nothing has changed")
	}
	clk.advance(1)
	if c, bits := fetchList(t, i, uri); c.IssuedAt != clk.now().Unix() || !placeOf(t, toks[0]).revoked(bits) {
		t.Error("not signed anew when old")
	}
}

// A family takes its tokens along, also when another process publishes the list and
// when there was a restart in between.
func TestStatusListOfFamily(t *testing.T) {
	t.Parallel()
	clk := newClock()
	shared := store.NewMemory(clk.now, sweepPeriod)
	defer shared.Close()
	start := func() *Issuer { return newIssuerOn(t, listedConfig(), clk, shared) }
	i, other := start(), start()
	first := granted(t, i, ask("signed", passwordOf("alice")))
	second := granted(t, i, ask("signed", refreshOf(text(first, "refresh_token"))))
	alone := obtain(t, i, "ES256", "")
	places := []place{placeOf(t, text(first, "access_token")), placeOf(t, text(second, "access_token"))}
	uri := places[0].Status.List.URI
	if uri == placeOf(t, obtain(t, other, "ES256", "")).Status.List.URI {
		t.Error("two processes have the same list")
	}
	if !active(t, i, text(second, "access_token")) {
		t.Error("a token with a place is not active")
	}
	giveBack(i, "signed", text(second, "refresh_token"), "")
	i.Close()
	for name, by := range map[string]*Issuer{"restarted": start(), "other": other} {
		_, bits := fetchList(t, by, uri)
		for n, p := range places {
			if !p.revoked(bits) {
				t.Errorf("%s: token %d of the family isn't revoked", name, n)
			}
			if m := object(t, statusOf(by, p.JTI)); m["status"] != statusRevoked {
				t.Errorf("%s: status of token %d: %v", name, n, m)
			}
		}
		if placeOf(t, alone).revoked(bits) {
			t.Errorf("%s: another token is revoked, too", name)
		}
	}
}

// A full or old list isn't gone on with, and no index is given twice.
func TestStatusListOpens(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, listedConfig(), clk)
	uriNow := func() string { return placeOf(t, obtain(t, i, "ES256", "")).Status.List.URI }
	first := uriNow()
	i.lists.next = statusListSize - 1
	if uriNow() != first {
		t.Error("the last index isn't used")
	}
	second := uriNow()
	clk.advance(statusListOpen)
	if third := uriNow(); second == first || third == second {
		t.Error("the list is gone on with")
	}
	if _, bits := fetchList(t, i, first); len(bits) != statusListSize/8 {
		t.Error("the first list isn't served any more")
	}
}

func TestStatusListRefused(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, listedConfig(), newClock())
	uri, err := url.Parse(placeOf(t, obtain(t, i, "ES256", "")).Status.List.URI)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		method, path string
		status       int
	}{
		"none":       {"GET", pathStatusLists, 404},
		"unknown":    {"GET", pathStatusLists + "0123456789ab", 404},
		"malformed":  {"GET", pathStatusLists + "x", 404},
		"upper case": {"GET", pathStatusLists + "ABCDEFABCDEF", 404},
		"below":      {"GET", uri.Path + "/x", 404},
		"POST":       {"POST", uri.Path, 405},
		"HEAD":       {"HEAD", uri.Path, 200},
	} {
		if w := do(i, request{method: c.method, path: c.path}); w.Code != c.status {
			t.Errorf("%s: status %d, want %d", name, w.Code, c.status)
		}
	}
	off := newIssuer(t, partyConfig(), newClock())
	if w := do(off, request{method: "GET", path: uri.Path}); w.Code != 404 {
		t.Errorf("without status_list: status %d", w.Code)
	}
	if strings.Contains(text(object(t, introspect(off, obtain(t, off, "ES256", ""))), "status"), "list") {
		t.Error("without status_list, a token has a place")
	}
	for name, change := range map[string]func(*Config){
		"no published key": func(c *Config) { c.Clients = c.Clients[:1] },
		"status carried over": func(c *Config) {
			c.TrustedIssuers[0].Claims = []string{"status"}
		},
	} {
		c := listedConfig()
		change(&c)
		if made, err := New(c, Options{}); err == nil {
			made.Close()
			t.Errorf("%s: accepted", name)
		}
	}
}

// An identifier that isn't one of a place is hardly ever taken for one.
func TestStatusIndex(t *testing.T) {
	t.Parallel()
	want := statusIndex{statusListID{1, 2, 3, 4, 5, 6}, statusListSize - 1}
	jti, err := want.jti(strings.NewReader("abcde"))
	if err != nil || !identifier(jti) {
		t.Fatalf("%q: %v", jti, err)
	}
	for name, s := range map[string]store.Subject{"alone": store.TokenSubject(jti), "of a family": store.TokenSubject(strings.Repeat("f", 22) + jti)} {
		if got, ok := statusIndexOf(s); !ok || got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	beyond, err := statusIndex{want.list, statusListSize}.jti(strings.NewReader("abcde"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []store.Subject{store.FamilySubject(jti), store.TokenSubject(jti[1:]), store.TokenSubject(beyond), store.TokenSubject(strings.Repeat("A", 22))} {
		if _, ok := statusIndexOf(s); ok {
			t.Errorf("%q has a place", s)
		}
	}
}
