// Package exactjson reads JSON that somebody else wrote, where reading it in a lenient
// way would be a hole: a name that is there twice, a name in another case, invalid UTF-8
// and deep nesting are errors. encoding/json lets all of them pass.
//
// It is a thin layer over github.com/go-json-experiment/json, the module in which Go's
// encoding/json/v2 is developed, and nothing else of ours imports that. Once
// encoding/json/v2 is in a release of Go without GOEXPERIMENT, the two imports become
// encoding/json/v2 and encoding/json/jsontext, and the module leaves go.mod.
package exactjson

import (
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type (
	// Decoder is what a type with a method UnmarshalJSONFrom reads from.
	Decoder = jsontext.Decoder
	// Value is a value as it was written.
	Value = jsontext.Value
)

// maxDepth is how deep objects and arrays may lie in each other. No message of OAuth
// needs more than a few.
const maxDepth = 16

var errDepth = errors.New("nested too deeply")

// Unmarshal reads one value.
func Unmarshal(data []byte, into any) error {
	if !shallow(data) {
		return errDepth
	}
	return json.Unmarshal(data, into)
}

// shallow reports whether a text nests no deeper than a parser should be made to
// follow. It looks at brackets outside of strings; whether they match, the parser sees.
func shallow(data []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return false
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return true
}

// AppendUnquote appends what a JSON string stands for.
func AppendUnquote(b []byte, quoted Value) ([]byte, error) { return jsontext.AppendUnquote(b, quoted) }

// MarshalWith writes a value in which everything of the types T and U is written by a
// function, wherever it is.
func MarshalWith[T, U any](v any, text func(T) string, value func(U) []byte) ([]byte, error) {
	texts := json.MarshalToFunc(func(e *jsontext.Encoder, t T) error { return e.WriteToken(jsontext.String(text(t))) })
	values := json.MarshalToFunc(func(e *jsontext.Encoder, u U) error { return e.WriteValue(value(u)) })
	return json.Marshal(v, json.Deterministic(true), json.WithMarshalers(json.JoinMarshalers(texts, values)))
}
