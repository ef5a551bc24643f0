package corpus

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
)

var update = flag.Bool("update", false, "write a corpus of new keys")

func load(t *testing.T) *Corpus {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestUpdate(t *testing.T) {
	if !*update {
		t.Skip("writes corpus.json, with -update")
	}
	c, _, err := Generate(Attacker)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range Lint(c) {
		t.Error(problem)
	}
	text, err := Encode(c)
	if err == nil {
		err = os.WriteFile("corpus.json", text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCommitted(t *testing.T) {
	t.Parallel()
	c := load(t)
	for _, problem := range Lint(c) {
		t.Error(problem)
	}
	if n := len(c.Tokens) + len(c.Plays); n < 150 {
		t.Errorf("%d cases", n)
	}
	text, err := Encode(c)
	if err != nil || !bytes.Equal(text, committed) {
		t.Errorf("the file isn't written as it would be: %v", err)
	}
}

// Another corpus has other keys, and is the same otherwise.
func TestGenerate(t *testing.T) {
	t.Parallel()
	was := load(t)
	c, ring, err := Generate("http://127.0.0.1:9")
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range Lint(c) {
		t.Error(problem)
	}
	if len(ring.All()) != len(allowed) {
		t.Errorf("the ring has %d keys", len(ring.All()))
	}
	for i, token := range c.Tokens {
		before := was.Tokens[i]
		if token.About != before.About || token.Signed != before.Signed || token.Kind != before.Kind {
			t.Errorf("%s was %+v", token.ID, before.About)
		}
		if token.Kind == SelfContained && token.Signed && token.Text() == before.Text() {
			t.Errorf("%s is the same", token.ID)
		}
	}
}

func TestSchema(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("corpus.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema jsonschema.Schema
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		old, new string
		ok       bool
	}{
		{"", "", true},
		{`"schema": 1`, `"schema": 2`, false},
		{`"expect": "accept"`, `"expect": "maybe"`, false},
		{`"level": "MUST"`, `"level": "must"`, false},
		{`"reason": "algorithm"`, `"reason": "because"`, false},
		{`"title"`, `"name"`, false},
		{`"signed": true`, `"signed": 1`, false},
		{`"times": 1`, `"times": 0`, false},
	} {
		text := strings.Replace(string(committed), c.old, c.new, 1)
		if c.old != "" && text == string(committed) {
			t.Fatalf("the corpus has no %s", c.old)
		}
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if err := resolved.Validate(v); (err == nil) != c.ok {
			t.Errorf("with %s: %v", c.new, err)
		}
	}
	for _, r := range Reasons() {
		if !strings.Contains(string(raw), `"`+string(r)+`"`) {
			t.Errorf("the schema lacks the reason %s", r)
		}
	}
}

// A lint that finds nothing wrong with a spoiled corpus is worth nothing.
func TestLintComplains(t *testing.T) {
	t.Parallel()
	at := func(c *Corpus, id string) *Token {
		for i := range c.Tokens {
			if c.Tokens[i].ID == id {
				return &c.Tokens[i]
			}
		}
		t.Fatalf("no token %s", id)
		return nil
	}
	for name, spoil := range map[string]func(*Corpus){
		"good token in a bad one's place": func(c *Corpus) { at(c, "expired/year").Value = c.GoodOf("ES256") },
		"two alike":                       func(c *Corpus) { at(c, "iss-other").Value = at(c, "iss-slash").Value },
		"id twice":                        func(c *Corpus) { c.Plays[0].ID = c.Plays[1].ID },
		"another title":                   func(c *Corpus) { at(c, "typ-jwt").Title = "typ is at+jwt" },
		"signed after all":                func(c *Corpus) { at(c, "typ-jwt").Signed = false },
		"signature of another": func(c *Corpus) {
			k := at(c, "aud-other")
			k.Value = k.Value[:len(k.Value)-20] + strings.Repeat("A", 20)
		},
		"a missing token": func(c *Corpus) { c.Tokens = c.Tokens[1:] },
		"a missing play":  func(c *Corpus) { c.Plays = c.Plays[:len(c.Plays)-1] },
		"a private key":   func(c *Corpus) { c.JWKS = bytes.Replace(c.JWKS, []byte(`"x"`), []byte(`"d":"AAAA","x"`), 1) },
		"another time":    func(c *Corpus) { c.Time++ },
		"no JWE":          func(c *Corpus) { k := at(c, "jwe-bomb"); k.Value = "a.b.c"; k.Pieces = nil },
	} {
		c := load(t)
		spoil(c)
		if len(Lint(c)) == 0 {
			t.Errorf("%s: nothing is found", name)
		}
	}
}
