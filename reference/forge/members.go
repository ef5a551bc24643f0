package forge

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Change is one edit of a header or a payload. A token that a server has to refuse is
// best told by how little it differs from a good one.
type Change struct {
	Do    Do     `json:"do"`
	Name  string `json:"name,omitempty"`  // of the member
	Value string `json:"value,omitempty"` // a JSON text, or anything else: it is written as it is
}

// Do is what a Change does.
type Do string

const (
	Set     Do = "set"     // the member's value, or a new member at the end
	Add     Do = "add"     // a member at the end, though there may be one of that name
	Insert  Do = "insert"  // the same at the beginning
	Remove  Do = "remove"  // all members of the name
	Prefix  Do = "prefix"  // puts the value before the whole text
	Suffix  Do = "suffix"  // puts it after
	Instead Do = "instead" // the value is the whole text
)

// member is one of an object; an object may have several of one name, in any order.
type member struct {
	name  string
	value string
}

// Alter applies the changes in their order to the text of an object. What is not changed
// stays where it is.
func Alter(text []byte, changes ...Change) ([]byte, error) {
	for _, c := range changes {
		next, err := c.apply(text)
		if err != nil {
			return nil, fmt.Errorf("alter object: %s %q: %w", c.Do, c.Name, err)
		}
		if bytes.Equal(next, text) {
			return nil, fmt.Errorf("alter object: %s %q: %w", c.Do, c.Name, ErrNoEffect)
		}
		text = next
	}
	return text, nil
}

func (c Change) apply(text []byte) ([]byte, error) {
	switch c.Do {
	case Prefix:
		return append([]byte(c.Value), text...), nil
	case Suffix:
		return append(bytes.Clone(text), c.Value...), nil
	case Instead:
		return []byte(c.Value), nil
	}
	before, err := readMembers(text)
	if err != nil {
		return nil, err
	}
	changed := member{c.Name, c.Value}
	var after []member
	found := false
	for _, m := range before {
		switch {
		case m.name == c.Name && c.Do == Remove:
		case m.name == c.Name && c.Do == Set:
			after, found = append(after, changed), true
		default:
			after = append(after, m)
		}
	}
	switch {
	case c.Do == Add, c.Do == Set && !found:
		after = append(after, changed)
	case c.Do == Insert:
		after = append([]member{changed}, after...)
	case c.Do != Set && c.Do != Remove:
		return nil, fmt.Errorf("no such change")
	}
	return writeMembers(after)
}

func readMembers(text []byte) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if first, err := dec.Token(); err != nil || first != json.Delim('{') {
		return nil, fmt.Errorf("not an object in JSON")
	}
	var all []member
	for dec.More() {
		name, err := dec.Token()
		var value json.RawMessage
		if err == nil {
			err = dec.Decode(&value)
		}
		if err != nil { // the decoder's message may quote the text
			return nil, fmt.Errorf("not an object in JSON, after %d members", len(all))
		}
		all = append(all, member{name.(string), string(value)})
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("an object that doesn't end")
	}
	return all, nil
}

func writeMembers(all []member) ([]byte, error) {
	b := []byte{'{'}
	for n, m := range all {
		if n > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, name...), ':'), m.value...)
	}
	return append(b, '}'), nil
}
