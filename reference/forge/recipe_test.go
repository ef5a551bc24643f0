package forge_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// Each damage of a signature and of a text spoils a token of each algorithm, or says that
// it can't.
func TestDamages(t *testing.T) {
	t.Parallel()
	for _, a := range keys.Algorithms() {
		t.Run(string(a), func(t *testing.T) {
			t.Parallel()
			sound, verify := sample(t, keyOf(t, a))
			d, _ := keys.Describe(a)
			var recipes []forge.Recipe
			for _, damage := range forge.SignatureDamages() {
				recipes = append(recipes, forge.Recipe{Signature: []forge.Damage{damage}})
			}
			for _, damage := range forge.TextDamages() {
				recipes = append(recipes, forge.Recipe{Text: []forge.Damage{damage}})
			}
			for _, r := range recipes {
				tok, err := sound.Make(r)
				der, unused := slices.Contains(r.Signature, "der"), slices.Contains(r.Text, "unused-bits")
				switch {
				case der && d.Family != keys.ECDSA && len(tok) == 0, unused && len(tok) == 0,
					slices.Contains(r.Text, "pad") && len(tok) == 0, slices.Contains(r.Text, "standard-alphabet") && len(tok) == 0:
					if !errors.Is(err, forge.ErrNoEffect) {
						t.Errorf("%+v: %v", r, err)
					}
				case err != nil:
					t.Errorf("%+v: %v", r, err)
				case verify(tok) == nil:
					t.Errorf("%+v: the token still verifies", r)
				}
			}
		})
	}
}

// A case is data: what the token of each recipe is.
func TestMake(t *testing.T) {
	t.Parallel()
	sound := &forge.Sound{
		Header: []byte(`{"typ":"at+jwt","alg":"ES256"}`), Payload: []byte(`{"iss":"a","n":1e2}`),
		Sign: func(input []byte) ([]byte, error) { return append([]byte("by me: "), input...), nil },
		Keys: map[string]forge.Signer{"other": forge.Fixed([]byte("by another"))},
	}
	const header, payload = `{"typ":"at+jwt","alg":"ES256"}`, `{"iss":"a","n":1e2}`
	for name, c := range map[string]struct{ recipe, header, payload, signed string }{
		"sound":            {`{}`, header, payload, "me"},
		"alg none":         {`{"header": [{"do":"set","name":"alg","value":"\"none\""}], "key": "none"}`, `{"typ":"at+jwt","alg":"none"}`, payload, ""},
		"none, signed":     {`{"header": [{"do":"set","name":"alg","value":"\"none\""}], "key": "old"}`, `{"typ":"at+jwt","alg":"none"}`, payload, "old"},
		"payload changed":  {`{"payload": [{"do":"set","name":"iss","value":"\"b\""}], "key": "old"}`, header, `{"iss":"b","n":1e2}`, "old"},
		"another key":      {`{"key": "other"}`, header, payload, "other"},
		"twice, last bad":  {`{"payload": [{"do":"add","name":"iss","value":"\"b\""}]}`, header, `{"iss":"a","n":1e2,"iss":"b"}`, "me"},
		"twice, first bad": {`{"payload": [{"do":"insert","name":"iss","value":"\"b\""}]}`, header, `{"iss":"b","iss":"a","n":1e2}`, "me"},
		"missing":          {`{"payload": [{"do":"remove","name":"iss"}]}`, header, `{"n":1e2}`, "me"},
		"new":              {`{"header": [{"do":"set","name":"crit","value":"[]"}]}`, `{"typ":"at+jwt","alg":"ES256","crit":[]}`, payload, "me"},
		"no JSON value":    {`{"payload": [{"do":"set","name":"n","value":"1e400,"}]}`, header, `{"iss":"a","n":1e400,}`, "me"},
		"byte order mark":  {`{"header": [{"do":"prefix","value":"\ufeff"}]}`, "\ufeff" + header, payload, "me"},
		"trailing":         {`{"payload": [{"do":"suffix","value":"x"}]}`, header, payload + "x", "me"},
		"an array":         {`{"header": [{"do":"instead","value":"[]"}]}`, "[]", payload, "me"},
		"two edits": {`{"header": [{"do":"remove","name":"typ"}, {"do":"set","name":"kid","value":"\"../x\""}], "signature": ["empty"]}`,
			`{"alg":"ES256","kid":"../x"}`, payload, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var r, again forge.Recipe
			if err := json.Unmarshal([]byte(c.recipe), &r); err != nil {
				t.Fatal(err)
			}
			if b, err := json.Marshal(r); err != nil || json.Unmarshal(b, &again) != nil || !reflect.DeepEqual(r, again) {
				t.Errorf("as JSON it's another: %s, %v", b, err)
			}
			tok, err := sound.Make(r)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[forge.Part]string{}
			for _, part := range []forge.Part{forge.Header, forge.Payload, forge.Signature} {
				raw, err := forge.Read(tok, part)
				if err != nil {
					t.Fatal(err)
				}
				parts[part] = string(raw)
			}
			old, err := sound.Make(forge.Recipe{})
			if err != nil {
				t.Fatal(err)
			}
			input := func(tok string) string { return "by me: " + tok[:strings.LastIndexByte(tok, '.')] }
			signed := map[string]string{"me": input(tok), "old": input(old), "other": "by another", "": ""}[c.signed]
			if parts[forge.Header] != c.header || parts[forge.Payload] != c.payload || parts[forge.Signature] != signed {
				t.Errorf("made %v, want %s and %s, signed by %q", parts, c.header, c.payload, c.signed)
			}
		})
	}
}

func TestMakeErrors(t *testing.T) {
	t.Parallel()
	sound := &forge.Sound{Header: []byte(`{}`), Payload: []byte(`x`), Sign: forge.Fixed([]byte("s"))}
	for name, c := range map[string]struct {
		recipe forge.Recipe
		effect bool // ErrNoEffect
	}{
		"removes nothing":  {forge.Recipe{Header: []forge.Change{{Do: forge.Remove, Name: "kid"}}}, true},
		"no change":        {forge.Recipe{Header: []forge.Change{{Do: "hide", Name: "kid"}}}, false},
		"not an object":    {forge.Recipe{Payload: []forge.Change{{Do: forge.Set, Name: "iss", Value: "1"}}}, false},
		"no key":           {forge.Recipe{Key: "hunter2"}, false},
		"no damage":        {forge.Recipe{Text: []forge.Damage{"hunter2"}}, false},
		"of no signature":  {forge.Recipe{Key: forge.NoKey, Signature: []forge.Damage{"flip-last"}}, true},
		"signature damage": {forge.Recipe{Signature: []forge.Damage{"pad"}}, false},
	} {
		if tok, err := sound.Make(c.recipe); tok != "" || err == nil || errors.Is(err, forge.ErrNoEffect) != c.effect {
			t.Errorf("%s: %q, %v", name, tok, err)
		}
	}
}

// An opaque token can be spoiled as well, and nothing makes an edit of a text fail badly.
func FuzzDamage(f *testing.F) {
	for _, seed := range []string{"", "a", "a.b.c", "V1StGXR8_Z5jdHi6B-myT", "..", "\xff.\x00"} {
		f.Add(seed, `{"a":1,"a":2}`)
	}
	f.Add("a.b.c", `{"a":`)
	f.Fuzz(func(t *testing.T, text, object string) {
		for _, d := range forge.TextDamages() {
			if spoiled, err := forge.Respell(text, d); err == nil && spoiled == text {
				t.Errorf("%s changes nothing", d)
			}
		}
		for _, d := range forge.SignatureDamages() {
			if spoiled, err := forge.Spoil([]byte(text), d); err == nil && string(spoiled) == text {
				t.Errorf("%s changes nothing", d)
			}
		}
		if out, err := forge.Alter([]byte(object), forge.Change{Do: forge.Set, Name: "x", Value: "1"}); err == nil && !json.Valid(out) && json.Valid([]byte(object)) {
			t.Errorf("%q becomes %q", object, out)
		}
	})
}
