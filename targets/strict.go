package targets

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// strict walks a YAML node beside the Go type that it fills, and reports the first
// key that the type doesn't have, with the nearest that it has, and the first
// scalar that isn't what its place needs. The YAML package's own strict mode
// names a Go type, which tells a person nothing.
func strict(file string, n *yaml.Node, t reflect.Type, place string) error {
	bad := func(format string, args ...any) error {
		return &FileError{File: file, Line: n.Line, Text: fmt.Sprintf(format, args...)}
	}
	if n.Kind == yaml.AliasNode {
		return bad("%s is an alias, write it out", place)
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[time.Duration]():
		if d, err := time.ParseDuration(n.Value); n.Kind != yaml.ScalarNode || err != nil || d <= 0 {
			return bad("%s is %q, want a duration above zero such as 30s", place, n.Value)
		}
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		v := reflect.New(t).Interface().(encoding.TextUnmarshaler)
		if n.Kind != yaml.ScalarNode {
			return bad("%s must be one word", place)
		}
		if err := v.UnmarshalText([]byte(n.Value)); err != nil {
			return bad("%s: %v", place, err)
		}
	case t.Kind() == reflect.Struct:
		return strictStruct(file, n, t, place)
	case t.Kind() == reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			return bad("%s must be a list", place)
		}
		for i, item := range n.Content {
			if err := strict(file, item, t.Elem(), fmt.Sprintf("%s[%d]", place, i)); err != nil {
				return err
			}
		}
	case t.Kind() == reflect.Map:
		if n.Kind != yaml.MappingNode {
			return bad("%s must be a mapping", place)
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if err := strict(file, n.Content[i+1], t.Elem(), place+"."+n.Content[i].Value); err != nil {
				return err
			}
		}
	case n.Kind != yaml.ScalarNode:
		return bad("%s must be a single value", place)
	case n.Tag == "!!null":
		return bad("%s has no value", place)
	}
	return nil
}

func strictStruct(file string, n *yaml.Node, t reflect.Type, place string) error {
	if n.Kind != yaml.MappingNode {
		return &FileError{File: file, Line: n.Line, Text: place + " must be a mapping"}
	}
	fields, keys := map[string]reflect.Type{}, []string(nil)
	for i := range t.NumField() {
		f := t.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.IsExported() && key != "" && key != "-" {
			fields[key], keys = f.Type, append(keys, key)
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		field, ok := fields[key.Value]
		if !ok {
			return &FileError{File: file, Line: key.Line, Text: fmt.Sprintf(
				"unknown key %q in %s, did you mean %q?", key.Value, place, nearest(key.Value, keys))}
		}
		if err := strict(file, n.Content[i+1], field, key.Value); err != nil {
			return err
		}
	}
	return nil
}
