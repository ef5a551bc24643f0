package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"go.yaml.in/yaml/v3"
)

type word string

func (w *word) UnmarshalText(text []byte) error {
	switch string(text) {
	case "red", "green":
		*w = word(text)
		return nil
	case "multiple":
		return errors.New("two\nlines")
	case "split":
		return errors.New("no split here")
	}
	return fmt.Errorf("unknown color %q, want red or green", text)
}

type shop struct {
	Name    string            `json:"name"`
	Open    bool              `json:"open,omitzero"`
	Seats   int               `json:"seats,omitzero"`
	Price   float64           `json:"price,omitzero"`
	Color   word              `yaml:"color" json:"-"`
	Wait    time.Duration     `yaml:"wait" json:"-"`
	Age     Duration          `json:"age,omitzero"`
	Key     Secret            `json:"key,omitzero"`
	JWK     SecretJSON        `json:"jwk,omitzero"`
	Tags    List              `json:"tags,omitzero"`
	Env     map[string]string `json:"env,omitzero"`
	Any     any               `json:"any,omitzero"`
	Owner   *owner            `json:"owner,omitzero"`
	Staff   []owner           `json:"staff,omitzero"`
	Skipped string            `json:"-"`
	hidden  string
}

type owner struct {
	ID     string `json:"id"`
	Secret Secret `json:"secret,omitzero"`
}

const full = `name: 12
open: true
seats: 4
price: 1.5
color: green
wait: 1m30s
age: 0s
key: s-hunter2
jwk: {kty: oct, k: hunter2}
tags: one
env: {A: b, C_D: "e"}
any: {deep: [1, null]}
owner: &boss {id: x, secret: *key}
staff:
  - *boss
  - <<: *boss
    id: y
`

func want() shop {
	x := owner{"x", "s-hunter2"}
	return shop{Name: "12", Open: true, Seats: 4, Price: 1.5, Color: "green", Wait: 90 * time.Second, Key: "s-hunter2",
		JWK: SecretJSON(`{"k":"hunter2","kty":"oct"}`), Tags: List{"one"}, Env: map[string]string{"A": "b", "C_D": "e"},
		Any: map[string]any{"deep": []any{1, nil}}, Owner: &x, Staff: []owner{x, {"y", "s-hunter2"}}, hidden: "kept"}
}

func TestRead(t *testing.T) {
	t.Parallel()
	got := shop{hidden: "kept"}
	text := strings.Replace(full, "key: s-", "key: &key s-", 1)
	doc, err := Read("f", []byte(text), &got)
	if err != nil || !reflect.DeepEqual(got, want()) {
		t.Fatalf("%v\n%#v\n%#v", err, got, want())
	}
	for key, line := range map[string]int{"": 1, "name": 1, "env.C_D": 11, "env.none": 11, "staff": 14, "staff[1].id": 17,
		"staff[1].secret": 13, "staff[9].id": 14, "none.a": 1, "tags[3]": 10} {
		if got := doc.Line(key); got != line {
			t.Errorf("line of %q: %d, want %d", key, got, line)
		}
	}
	if keys := doc.Keys(); len(keys) != 14 || keys[0] != "name" || keys[13] != "staff" {
		t.Errorf("keys %v", keys)
	}
	if err := doc.Errorf("env.C_D", "want %s", "f"); err.Error() != "f:11: env.C_D: want f" {
		t.Error(err)
	}
	if err := doc.Errorf("", "odd"); err.Error() != "f: odd" {
		t.Error(err)
	}
	if err := doc.Unknown("seats", []string{"seat"}); err.Error() != `f:3: unknown key "seats", did you mean "seat"?` {
		t.Error(err)
	}
}

func TestReadFrom(t *testing.T) {
	t.Parallel()
	var got shop
	if _, err := ReadFrom("f", strings.NewReader("name: x"), &got); err != nil || got.Name != "x" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := ReadFrom("f", iotest.ErrReader(os.ErrClosed), &got); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if _, err := ReadFrom("f", strings.NewReader(strings.Repeat("#", 2*maxSize)), &got); err == nil {
		t.Error("too large: no error")
	}
}

// Every error is one line with place and key, and shows no value.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{"", "f: empty"},
		{"# nothing\n", "f: empty"},
		{"null", "f:1: has no value"},
		{"[hunter2]", "f:1: must be a mapping"},
		{"hunter2", "f:1: must be a mapping"},
		{"{", "f:1: did not find"},
		{"name: a\n  seats: hunter2", "f:2: mapping values are not allowed"},
		{"name: a\n---\nname: b\n", "f:2: more than one document"},
		{"#" + strings.Repeat("x", maxSize), "f: larger than"},
		{"nome: hunter2", `f:1: unknown key "nome", did you mean "name"?`},
		{"zzzzzzzz: hunter2", `f:1: unknown key "zzzzzzzz", want one of name, open, `},
		{"hidden: hunter2", `f:1: unknown key "hidden"`},
		{"Skipped: hunter2", `f:1: unknown key "Skipped"`},
		{"owner:\n  {id: a, secret:hunter2}", "f:2: owner: unknown key, which isn't"},
		{"{key hunter2: 1}", "f:1: unknown key, which isn't"},
		{"s-hunter2-" + strings.Repeat("x", 40) + ": 1", "f:1: unknown key, which isn't"},
		{"staff:\n  - {id: a}\n  - {idd: hunter2}", `f:3: staff[1]: unknown key "idd", did you mean "id"?`},
		{"name: a\nname: hunter2", "f:2: name: is there twice"},
		{"any:\n  a: [{b: 1,\n b: hunter2}]", "f:3: any.a[0].b: is there twice"},
		{"any: {[hunter2]: 1}", "f:1: any: a key must be a single value"},
		{"name:", "f:1: name: has no value"},
		{"staff:\n - ~", "f:2: staff[0]: has no value"},
		{"owner:", "f:1: owner: has no value"},
		{"env: {A: null}", "f:1: env.A: has no value"},
		{"env: {secret:hunter2: [a]}", "f:1: env....: must be a single value"},
		{"env: hunter2", "f:1: env: must be a mapping"},
		{"name: [hunter2]", "f:1: name: must be a single value"},
		{"staff: hunter2", "f:1: staff: must be a list"},
		{"owner: hunter2", "f:1: owner: must be a mapping"},
		{"open: hunter2", "f:1: open: must be true or false"},
		{"seats: hunter2", "f:1: seats: must be a whole number"},
		{"seats: 0100", "f:1: seats: must be a whole number in decimal, without a 0 before it"},
		{"seats: 0x10", "f:1: seats: must be a whole number in decimal"},
		{"price: -010", "f:1: price: must be a number in decimal"},
		{"seats: !!int hunter2", "f:1: seats: must be a whole number"},
		{"seats: 99999999999999999999", "f:1: seats: must be a whole number"},
		{"price: hunter2", "f:1: price: must be a number"},
		{"key: [hunter2]", "f:1: key: must be a single value"},
		{"key: *hunter2", "f:1: an alias without its anchor"},
		{"name: x\nkey: *hunter2", "f:2: an alias without its anchor"},
		{"any: &a [*a]", "f:1: any: must be"},
		{"owner: &a {<<: *a}", "f:1: owner: merges too many"},
		{"owner: {<<: hunter2}", "f:1: owner: must be a mapping"},
		{"color: hunter2", "f:1: color: unknown color ..., want red or green"},
		{"color: [hunter2]", "f:1: color: must be a single value"},
		{"color: multiple", "f:1: color: isn't a value that"},
		{"color: split", "f:1: color: isn't a value that"},
		{"wait: hunter2", "f:1: wait: want a duration above zero such as 30s"},
		{"wait: 0s", "f:1: wait: want a duration above zero"},
		{"wait: [hunter2]", "f:1: wait: want a duration"},
		{"age: 90", "f:1: age: not a duration such as 60s"},
		{"jwk: hunter2", "f:1: jwk: must be a mapping"},
		{"jwk: {1: hunter2}", "f:1: jwk: not a value that JSON can have"},
		{"jwk: &a {k: *a}", "f:1: jwk: not a value that JSON can have"},
		{"any: &a [1]\nstaff: &b [*a]", "f:2: staff[0]: must be a mapping"},
	} {
		_, err := Read("f", []byte(test.text), new(shop))
		var at *Error
		if !errors.As(err, &at) || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%.60q: error %v, want %q", test.text, err, test.want)
		} else if strings.ContainsAny(err.Error(), "\n") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%.60q: error %q shows a value or has two lines", test.text, err)
		}
	}
}

// A small document can't be made a large value.
func TestReadBoundsAliases(t *testing.T) {
	t.Parallel()
	merges := "m0: &m0 {}\n"
	for i := range 30 {
		merges += fmt.Sprintf("m%d: &m%d {<<: [%s]}\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*m%d,", i), 10))
	}
	if _, err := Read("", []byte(merges), new(map[string]map[string]string)); err == nil || !strings.Contains(err.Error(), "too many mappings") {
		t.Errorf("error %v", err)
	}
	row := "&r [" + strings.Repeat("a,", 2000) + "]"
	text := "- " + row + strings.Repeat("\n- *r", 2000)
	if _, err := Read("", []byte(text), new([][]string)); err == nil || !strings.Contains(err.Error(), "aliases multiply") {
		t.Errorf("error %v", err)
	}
}

func TestErrorsWithoutName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "empty", "nome: x": `line 1: unknown key "nome", did you mean "name"?`} {
		if _, err := Read("", []byte(text), new(shop)); err == nil || err.Error() != want {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	c := want()
	c.Owner = nil
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		fmt.Fprintf(&out, verb, c)
		fmt.Fprintf(&out, verb, c.Key)
		fmt.Fprintf(&out, verb, &c.JWK)
	}
	for _, h := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(h).Info("x", "config", c, "key", c.Key, "jwk", c.JWK)
	}
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal} {
		b, err := marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	if strings.Contains(out.String(), "hunter2") || strings.Contains(strings.ToLower(out.String()), fmt.Sprintf("%x", "hunter2")) {
		t.Errorf("a secret prints: %s", out.String())
	}
	if !strings.Contains(out.String(), Redacted) {
		t.Error("nothing was printed")
	}
}

// What is disclosed is read again.
func TestDisclose(t *testing.T) {
	t.Parallel()
	c := want()
	c.Any, c.hidden, c.Color, c.Wait = nil, "", "", 0
	text, err := Disclose(c)
	if err != nil {
		t.Fatal(err)
	}
	var again shop
	if _, err := Read("", text, &again); err != nil || !reflect.DeepEqual(again, c) {
		t.Errorf("%v\n%s", err, text)
	}
	if c.Key.Reveal() != "s-hunter2" || !strings.Contains(string(text), `"s-hunter2"`) || !json.Valid(text) {
		t.Errorf("%s", text)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"cost/sign/ES256", "load/local", "ready"}
	for word, want := range map[string]string{"redy": "ready", "cost/sing": "cost/sign", "load/locale": "load/local",
		"zebra": "", "": "", "x": "", "cost/sign/ES265": "cost/sign/ES256"} {
		if got := Nearest(word, known); got != want {
			t.Errorf("%q: nearest %q, want %q", word, got, want)
		}
	}
}
