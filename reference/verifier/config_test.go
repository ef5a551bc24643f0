package verifier

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"
)

const goodConfig = `{"issuer": "https://issuer.example", "resource": "https://api.example",
 "introspection_endpoint": "http://127.0.0.1:1/introspect", "jwks_uri": "http://127.0.0.1:1/jwks",
 "client_id": "rs", "client_secret": "hunter2", "algorithms": ["RS256", "ES256", "EdDSA"],
 "cache": {"ttl": "1m30s", "negative_ttl": "0s", "entries": 7}}`

func TestParseConfig(t *testing.T) {
	t.Parallel()
	got, err := ParseConfig(strings.NewReader(goodConfig))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Issuer: "https://issuer.example", Resource: "https://api.example",
		IntrospectionEndpoint: "http://127.0.0.1:1/introspect", JWKSURI: "http://127.0.0.1:1/jwks",
		ClientID: "rs", ClientSecret: "hunter2", Algorithms: []string{"RS256", "ES256", "EdDSA"},
		Cache: Cache{TTL: Duration(90 * time.Second), Entries: 7},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	// What is written with its secrets is read again.
	text, err := config.Disclose(got)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ParseConfig(bytes.NewReader(text)); err != nil || !reflect.DeepEqual(again, want) {
		t.Errorf("read again: %+v, %v", again, err)
	}
}

func TestParseConfigDefaultsOfTheCache(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Cache{
		`"cache": {"entries": 3}`: {TTL: DefaultCache().TTL, NegativeTTL: DefaultCache().NegativeTTL, Entries: 3},
		`"cache": {}`:             DefaultCache(),
	} {
		file := goodConfig[:strings.Index(goodConfig, `"cache"`)] + text + "}"
		if config, err := ParseConfig(strings.NewReader(file)); err != nil || config.Cache != want {
			t.Errorf("%s: got %+v, %v", text, config.Cache, err)
		}
	}
}

func TestParseConfigRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, old, new, want string }{
		{"unknown key", `"client_id": "rs"`, `"clientid": "rs"`, `line 3: unknown key "clientid", did you mean "client_id"?`},
		{"unknown key of cache", `"entries": 7`, `"size": 7`, `line 4: cache: unknown key "size"`},
		{"duplicate key", `"client_id": "rs"`, `"client_id": "rs", "client_id": "x"`, "line 3: client_id: is there twice"},
		{"wrong kind", `"entries": 7`, `"entries": "many"`, "line 4: cache.entries: must be a whole number"},
		{"duration without unit", `"1m30s"`, `90`, "line 4: cache.ttl: not a duration"},
		{"no issuer", `"https://issuer.example"`, `""`, "issuer is empty"},
		{"no resource", `"https://api.example"`, `""`, "resource is empty"},
		{"resource with a line break", `"https://api.example"`, `"a\nb"`, "resource has a character"},
		{"no algorithms", `["RS256", "ES256", "EdDSA"]`, `[]`, "algorithms is empty"},
		{"none", `"EdDSA"`, `"none"`, `algorithms has "none"`},
		{"HMAC", `"EdDSA"`, `"HS256"`, `algorithms has "HS256"`},
		{"algorithm twice", `"EdDSA"`, `"RS256"`, "algorithms has RS256 twice"},
		{"no endpoint", `"http://127.0.0.1:1/introspect"`, `""`, "introspection_endpoint is empty"},
		{"relative key set", `"http://127.0.0.1:1/jwks"`, `"/jwks"`, "jwks_uri is not an absolute"},
		{"other scheme", `"http://127.0.0.1:1/jwks"`, `"file:///jwks"`, "jwks_uri is not an absolute"},
		{"credentials in URL", `"http://127.0.0.1:1/jwks"`, `"http://u:hunter2@h/jwks"`, "jwks_uri has credentials"},
		{"no secret", `"hunter2"`, `""`, "client_secret is empty"},
		{"secret as alias", `"hunter2"`, `*hunter2`, "line 3: an alias without its anchor"},
		{"secret as list", `"hunter2"`, `["hunter2"]`, "line 3: client_secret: must be a single value"},
		{"no ttl", `"1m30s"`, `"0s"`, "cache.ttl is 0s"},
		{"negative negative ttl", `"0s"`, `"-1s"`, "cache.negative_ttl is -1s"},
		{"no entries", `"entries": 7`, `"entries": 1`, "cache.entries is 1, below 2"},
		{"two documents", `"entries": 7}}`, `"entries": 7}}` + "\n---\n{}", "more than one document"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file := strings.Replace(goodConfig, test.old, test.new, 1)
			_, err := ParseConfig(strings.NewReader(file))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error holds the secret or a line break: %q", err)
			}
		})
	}
	if _, err := ParseConfig(strings.NewReader("")); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("empty file: %v", err)
	}
	if _, err := New(Config{}, Options{}); err == nil {
		t.Error("New takes the zero configuration")
	}
}
