package exactjson

import (
	"strings"
	"testing"
)

// What encoding/json takes in silence is refused, or isn't what it looks like.
func TestUnmarshal(t *testing.T) {
	t.Parallel()
	type message struct {
		Exp  int   `json:"exp"`
		Deep Value `json:"deep"`
	}
	for text, want := range map[string]bool{
		`{"exp":1}`:                  true,
		`{"exp":1,"exp":1}`:          false,
		`{"deep":{"a":1,"a":2}}`:     false,
		`{"deep":"` + "\xff" + `"}`:  false,
		`{"deep":"\ud800"}`:          false,
		`{"exp":1} x`:                false,
		`{"exp":"1"}`:                false,
		`{"deep":` + nest(15) + `}`:  true,
		`{"deep":` + nest(16) + `}`:  false,
		`{"deep":"[[[[[[[[[[[[[[["}`: true,
		`{"deep":"\"[[[[[[[[[[[[["}`: true,
	} {
		if err := Unmarshal([]byte(text), new(message)); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	var m message
	if err := Unmarshal([]byte(`{"EXP":1}`), &m); err != nil || m.Exp != 0 {
		t.Errorf("another name was taken for exp: %v", err)
	}
}

func nest(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
