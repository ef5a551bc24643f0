package config

import (
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// maxNodes bounds what aliases can make of a small document.
const maxNodes = 1 << 20

// maxMerges bounds how deep mappings are merged into each other.
const maxMerges = 32

// plain is a key that can be shown. Others may be a secret, as in secret:value.
var plain = regexp.MustCompile(`^[A-Za-z_][\w-]{0,39}$`)

// otherBase is a number that isn't decimal, or that YAML doesn't take for one.
var otherBase = regexp.MustCompile(`^[-+]?0[0-9_xXoObB]`)

// List is written as a list of values, or as one value.
type List []string

// fill walks the nodes of a document beside the Go value that they fill.
func (d *Document) fill(n *yaml.Node, v reflect.Value, key string) error {
	if d.nodes++; d.nodes > maxNodes {
		return d.bad(n.Line, key, "more than %d values: aliases multiply them", maxNodes)
	}
	line := n.Line // that of an alias, not of what it stands for
	n = resolve(n)
	bad := func(format string, args ...any) error { return d.bad(line, key, format, args...) }
	if n.ShortTag() == "!!null" && v.Kind() != reflect.Interface {
		return bad("has no value: give it one, or leave the key out")
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		return d.fill(n, v.Elem(), key)
	}
	if _, ok := v.Addr().Interface().(*List); ok && n.Kind == yaml.ScalarNode {
		n = &yaml.Node{Kind: yaml.SequenceNode, Line: n.Line, Content: []*yaml.Node{n}}
	}
	switch to := v.Addr().Interface().(type) {
	case *time.Duration:
		parsed, err := time.ParseDuration(n.Value)
		if err != nil || parsed <= 0 {
			return bad("want a duration above zero such as 30s")
		}
		*to = parsed
		return nil
	case encoding.TextUnmarshaler:
		if n.Kind != yaml.ScalarNode {
			return bad("must be a single value")
		}
		if err := to.UnmarshalText([]byte(n.Value)); err != nil {
			return bad("%s", without(n, err))
		}
		return nil
	case json.Unmarshaler:
		var value any
		if err := n.Decode(&value); err != nil {
			return bad("not a value that JSON can have")
		}
		text, err := json.Marshal(value)
		if err != nil {
			return bad("not a value that JSON can have")
		}
		if err := to.UnmarshalJSON(text); err != nil {
			return bad("%s", without(n, err))
		}
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		return d.fillStruct(n, v, key, line)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			return bad("must be a list")
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, item := range n.Content {
			if err := d.fill(item, v.Index(i), key+"["+strconv.Itoa(i)+"]"); err != nil {
				return err
			}
		}
		return nil
	case reflect.Map:
		members, err := d.pairs(n, 0)
		if err != nil {
			return bad("%w", err)
		}
		v.Set(reflect.MakeMap(v.Type()))
		for _, m := range members {
			value := reflect.New(v.Type().Elem()).Elem()
			if err := d.fill(m.value, value, join(key, m.key.Value)); err != nil {
				return err
			}
			v.SetMapIndex(reflect.ValueOf(m.key.Value).Convert(v.Type().Key()), value)
		}
		return nil
	}
	if (v.CanInt() || v.CanUint() || v.CanFloat()) && otherBase.MatchString(n.Value) {
		return bad("must be %s in decimal, without a 0 before it", wanted(v.Kind()))
	}
	if err := n.Decode(v.Addr().Interface()); err != nil {
		return bad("must be %s", wanted(v.Kind()))
	}
	return nil
}

func (d *Document) fillStruct(n *yaml.Node, v reflect.Value, key string, line int) error {
	members, err := d.pairs(n, 0)
	if err != nil {
		return d.bad(line, key, "%w", err)
	}
	fields, known := map[string]reflect.Value{}, []string(nil)
	for field, value := range v.Fields() {
		tag, ok := field.Tag.Lookup("yaml")
		if !ok {
			tag = field.Tag.Get("json")
		}
		if name, _, _ := strings.Cut(tag, ","); field.IsExported() && name != "" && name != "-" {
			fields[name], known = value, append(known, name)
		}
	}
	for _, m := range members {
		field, ok := fields[m.key.Value]
		if !ok {
			return d.unknown(m.key.Line, key, m.key.Value, known)
		}
		if err := d.fill(m.value, field, join(key, m.key.Value)); err != nil {
			return err
		}
	}
	return nil
}

// unknown says which key was perhaps meant. It doesn't show what is no plain word.
func (d *Document) unknown(line int, parent, key string, known []string) error {
	if !plain.MatchString(key) {
		return d.bad(line, parent, "unknown key, which isn't a plain word")
	}
	if near := Nearest(key, known); near != "" {
		return d.bad(line, parent, "unknown key %q, did you mean %q?", key, near)
	}
	return d.bad(line, parent, "unknown key %q, want one of %s", key, strings.Join(known, ", "))
}

// unique refuses a key that a mapping has twice, wherever it is.
func (d *Document) unique(n *yaml.Node, key string) error {
	seen := map[string]bool{}
	for i, child := range n.Content {
		below := key + "[" + strconv.Itoa(i) + "]"
		if n.Kind == yaml.MappingNode {
			name := n.Content[i-i%2]
			below = join(key, name.Value)
			if i%2 == 0 && seen[name.Value] {
				return d.bad(name.Line, below, "is there twice")
			}
			seen[name.Value] = true
			if i%2 == 0 && name.Kind != yaml.ScalarNode {
				return d.bad(name.Line, key, "a key must be a single value")
			}
		}
		if err := d.unique(child, below); err != nil {
			return err
		}
	}
	return nil
}

type pair struct{ key, value *yaml.Node }

// pairs are the members of a mapping, with those that it merges (<<) after its own.
func (d *Document) pairs(n *yaml.Node, depth int) ([]pair, error) {
	if n.Kind != yaml.MappingNode {
		return nil, errors.New("must be a mapping")
	}
	if d.nodes++; depth > maxMerges || d.nodes > maxNodes {
		return nil, errors.New("merges too many mappings into each other")
	}
	var own, merged []pair
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.ShortTag() != "!!merge" {
			own, seen[key.Value] = append(own, pair{key, value}), true
			continue
		}
		sources := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			sources = value.Content
		}
		for _, source := range sources {
			more, err := d.pairs(resolve(source), depth+1)
			if err != nil {
				return nil, err
			}
			merged = append(merged, more...)
		}
	}
	for _, m := range merged {
		if !seen[m.key.Value] {
			own, seen[m.key.Value] = append(own, m), true
		}
	}
	return own, nil
}

// resolve returns what an alias stands for.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func join(key, name string) string {
	if !plain.MatchString(name) {
		name = "..."
	}
	if key == "" {
		return name
	}
	return key + "." + name
}

// without returns what a type said of a value that it didn't take, without the value.
func without(n *yaml.Node, err error) string {
	text := strings.ReplaceAll(err.Error(), strconv.Quote(n.Value), "...")
	if quotes(text, n) || strings.Contains(text, "\n") {
		return "isn't a value that belongs there"
	}
	return text
}

// quotes reports whether a text shows a value that is long enough for a secret.
func quotes(text string, n *yaml.Node) bool {
	return len(n.Value) > 3 && strings.Contains(text, n.Value) ||
		slices.ContainsFunc(n.Content, func(child *yaml.Node) bool { return quotes(text, child) })
}

func wanted(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.String, reflect.Interface:
		return "a single value"
	}
	return "a whole number"
}
