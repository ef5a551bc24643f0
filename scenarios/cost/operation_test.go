package cost

import (
	"errors"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// families are the first words of the names, and whether their operations have a limit.
var families = map[string]bool{
	"cache-hit": true, "decrypt": true, "encrypt": true, "hash": true, "introspect": true, "lookup": true, "open": true, "openssl": false, "parse": true,
	"seal": true, "secret": true, "sign": true, "size": false, "store": true, "verify": true,
}

func family(op operation) string {
	first, _, _ := strings.Cut(op.name, "/")
	return first
}

func TestNames(t *testing.T) {
	t.Parallel()
	seen, found := map[string]bool{}, map[string]bool{}
	for _, op := range table {
		words := strings.Split(op.name, "/")
		if _, known := families[words[0]]; !known || len(words) < 2 || len(words) > 4 || slices.Contains(words, "") {
			t.Errorf("%s isn't FAMILY/WORD...", op.name)
		}
		if seen[op.name] {
			t.Errorf("%s is there twice", op.name)
		}
		seen[op.name], found[words[0]] = true, true
	}
	if len(found) != len(families) {
		t.Errorf("families are %v", found)
	}
	for _, name := range []string{
		"hash/SHA-256/opaque-43", "hash/SHA-512-256/jti", "sign/ML-DSA-65/8k", "verify/RS256-4096/2k", "seal/RSA-OAEP/jwt-0.6k", "open/AES-256-GCM/opaque-43",
		"encrypt/ECDH-ES+A256KW+A256CBC-HS512", "decrypt/dir+A128GCM", "store/sqlite/hashed/1m", "lookup/memory/plain/100k", "secret/argon2id",
		"cache-hit/opaque-43", "parse/2k", "size/header/ML-DSA-87/claims-256", "size/token/opaque/claims-8", "openssl/ecdsap256",
	} {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
}

// What the issuer offers is measured: another word of its would be missing.
func TestAllThatTheIssuerOffers(t *testing.T) {
	t.Parallel()
	for what, lists := range map[string][2][]string{
		"forms at rest":  {formWords, words(issuer.AtRestKinds())},
		"ciphers":        {sealedForms, words(issuer.Ciphers())},
		"digests":        {slices.Sorted(maps.Keys(primitives)), words(store.Digests())},
		"content's keys": {slices.Sorted(maps.Keys(contentKeyBytes)), words(token.ContentEncryptions())},
	} {
		if !slices.Equal(lists[0], lists[1]) {
			t.Errorf("%s are %v here, and the issuer's are %v", what, lists[0], lists[1])
		}
	}
}

// words are the names, sorted.
func words[T ~string](names []T) []string {
	var all []string
	for _, n := range names {
		all = append(all, string(n))
	}
	slices.Sort(all)
	return all
}

func TestSelections(t *testing.T) {
	t.Parallel()
	b := bench{table: table}
	planned := func(large bool, whole bool, named ...string) []string {
		steps, skipped := b.Plan(scenarios.Options{Profile: scenarios.Profile{Large: large}, Whole: whole, Items: named})
		if len(steps) != 1 || len(skipped) != 0 || steps[0].Kind != results.KindCost || steps[0].Target != "" {
			t.Fatalf("steps %+v, skipped %v: want one step in this process", steps, skipped)
		}
		return steps[0].Items
	}
	const large = "cost/openssl/rsa2048"
	usual := planned(false, true)
	for item, want := range map[string]bool{"cost/lookup/sqlite/hashed/100k": true, "cost/lookup/memory/hashed/1m": false, "cost/verify/ML-DSA-65/8k": true, large: false} {
		if slices.Contains(usual, item) != want {
			t.Errorf("%s is usual: %v", item, !want)
		}
	}
	if all := planned(true, true); len(all) != len(table) || len(usual)+len(Large()) != len(all) {
		t.Errorf("%d items in the thorough profile, %d usual and %d large of %d", len(all), len(usual), len(Large()), len(table))
	}
	if got := planned(false, false, large); !slices.Equal(got, []string{large}) {
		t.Errorf("items %v, want the one that was named", got)
	}
	if got := planned(false, true, large); len(got) != len(usual)+1 || !slices.Contains(got, large) {
		t.Errorf("%d items, want the usual %d and the large one that was named", len(got), len(usual))
	}
}

// few leaves out what is the same code with more of everything.
func few(op operation) bool {
	heavy := op.large && family(op) != "sign" && family(op) != "verify" && family(op) != "hash" || strings.Contains(op.name, "-3072/") || strings.Contains(op.name, "-4096/")
	rows := (family(op) == "store" || family(op) == "lookup") && !strings.HasSuffix(op.name, "/1k")
	server := strings.Contains(op.name, "/postgres/") || strings.Contains(op.name, "/redis/")
	return !heavy && !rows && !server
}

func TestEachOperationIsRight(t *testing.T) {
	t.Parallel()
	m := newMaterial(t.Context())
	t.Cleanup(func() { closed(t, m) })
	for _, op := range table {
		if few(op) {
			rightly(t, m, op)
		}
	}
}

// TestServerOperationsAreRight needs servers; where it was asked for, they must be there.
func TestServerOperationsAreRight(t *testing.T) {
	t.Parallel()
	m := newMaterial(t.Context())
	t.Cleanup(func() { closed(t, m) })
	for _, op := range table {
		if !strings.HasSuffix(op.name, "/1k") || few(op) {
			continue
		}
		if os.Getenv("OAUTHMARK_TEST_STORES") == "" {
			t.Skip("starts servers: set OAUTHMARK_TEST_STORES=1, as make test-stores does")
		}
		rightly(t, m, op)
	}
}

func closed(t *testing.T, m *material) {
	t.Helper()
	if err := m.close(); err != nil {
		t.Error(err)
	}
}

// rightly prepares the operation and does it.
func rightly(t *testing.T, m *material, op operation) {
	t.Helper()
	does, limit, err := op.prepare(m)
	if err != nil {
		t.Fatalf("%s: %v", op.name, err)
	}
	if (limit != nil) != families[family(op)] {
		t.Errorf("%s: has a limit: %v", op.name, limit != nil)
	}
	for name, w := range map[string]work{op.name: does, "limit/" + op.name: limit} {
		if w == nil {
			continue
		}
		if _, untimed := w.(counted); !untimed && w.Check() == nil {
			t.Errorf("%s: the check passes before anything was done", name)
		}
		n := 2
		if family(op) == "secret" {
			n = 1
		}
		if err := w.Do(n); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := w.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if w.Size() == 0 {
			t.Errorf("%s: has no input", name)
		}
	}
	// A token is longer than what is signed of it by no more than its signature.
	if limit != nil && (limit.Size() > does.Size() || family(op) != "verify" && limit.Size() != does.Size()) {
		t.Errorf("%s: works on %d bytes and its limit on %d", op.name, does.Size(), limit.Size())
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	m := newMaterial(t.Context())
	for _, tt := range []struct {
		input  string
		lo, hi int
	}{
		{"opaque-36", 36, 36}, {"opaque-43", 43, 43}, {"jti", 22, 22},
		{"jwt-0.6k", 550, 650}, {"jwt-2k", 1950, 2050}, {"jwt-8k", 7800, 8200},
	} {
		text, err := m.input(tt.input)
		if err != nil || len(text) < tt.lo || len(text) > tt.hi {
			t.Errorf("%s has %d bytes, %v", tt.input, len(text), err)
		}
	}
	uuid, err := m.input("opaque-36")
	if err != nil || !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(uuid) {
		t.Errorf("%s isn't a UUID, %v", uuid, err)
	}
	if _, err := m.input("jwt-9k"); err == nil {
		t.Error("there is an input of another name")
	}
}

func TestNumberedStringsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for n := range 200_000 {
		seen[numbered(n, 22)] = true
	}
	if len(seen) != 200_000 {
		t.Errorf("%d of 200000 are different", len(seen))
	}
}

func TestHeaderWarnings(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int]string{4096: "", 4097: "4 kB", 8190: "4 kB", 8191: "nginx", 16384: "nginx", 16385: "Node.js"} {
		ws := headerWarnings(bytes)
		if (want == "") != (len(ws) == 0) || want != "" && !strings.Contains(ws[0].Text, want) {
			t.Errorf("%d bytes: %v, want one of %q", bytes, ws, want)
		}
	}
}

// A server that can't be had is a reason, which tells nothing of its URL.
func TestServerThatIsNotThere(t *testing.T) {
	t.Parallel()
	for kind, given := range map[string]string{
		"postgres": "postgres://somebody:hunter2@127.0.0.1:1/hunter2", "redis": "redis://:hunter2@127.0.0.1:1/0",
	} {
		for _, url := range []string{given, "hunter2", kind + "://hunter2:%zz"} {
			m := newMaterial(t.Context())
			m.getenv = func(string) string { return url }
			_, err := m.filled(place{kind, 1000})
			var absent notRun
			if !errors.As(err, &absent) || absent.reason == "" || strings.Contains(absent.reason, "hunter2") {
				t.Errorf("%s: %v", kind, err)
			}
			if _, again := m.filled(place{kind, 1000}); again != err {
				t.Errorf("%s: asked again, it is %v", kind, again)
			}
			closed(t, m)
		}
	}
}

func TestParseSpeed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ out, want string }{
		{"+F4:3:256:50000.0:16000.0\n", "20 us to sign, 62.5 us to verify"},
		{"noise\n+F2:2:2048:4000:50000\n", "250 us to sign, 20 us to verify"},
		{"+F6:0:253:Ed25519:0.00002:0.0001\n", "20 us to sign, 100 us to verify"},
		{"+H:1024\n+F:25:sha256:1024000000.00\n", "1000 ns for 1024 bytes"},
		{"+F:25:sha256:0.00\n", ""}, {"+F4:3:256:x:1\n", ""}, {"", ""},
	} {
		got, err := parseSpeed([]byte(tt.out))
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%q: %q, %v", tt.out, got, err)
		}
	}
}
