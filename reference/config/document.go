package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxSize is the size of the largest document that is read, in bytes.
const maxSize = 4 << 20

// ErrEmpty is wrapped by the error of a document without content.
var ErrEmpty = errors.New("empty")

// Error is what is wrong with a document, in one line without the document's values.
type Error struct {
	File string // as the caller names it; may be empty
	Line int    // zero when it isn't about one line
	Key  string // such as clients[0].secret; empty for the document itself
	Err  error  // what is wrong there
}

func (e *Error) Error() string {
	text := e.Err.Error()
	if e.Key != "" {
		text = e.Key + ": " + text
	}
	switch {
	case e.File != "" && e.Line != 0:
		return e.File + ":" + strconv.Itoa(e.Line) + ": " + text
	case e.File != "":
		return e.File + ": " + text
	case e.Line != 0:
		return "line " + strconv.Itoa(e.Line) + ": " + text
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Document is one that was read: where its keys are.
type Document struct {
	file  string
	root  *yaml.Node
	nodes int // that were read, aliases as often as they stand
}

// Read reads exactly one document into what a pointer points to. The keys of a struct
// are those of its yaml tags or, without, its json tags. What the document leaves out
// stays as it is. A [time.Duration] is written as 1m30s, and is above zero.
//
// A type may read itself, by [encoding.TextUnmarshaler] from one value and by
// [encoding/json.Unmarshaler] from any. What its error tells is shown, unless it quotes
// what was read.
func Read(file string, data []byte, into any) (*Document, error) {
	d := &Document{file: file}
	if len(data) > maxSize {
		return nil, d.bad(0, "", "larger than %d bytes", maxSize)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var whole yaml.Node
	if err := decoder.Decode(&whole); errors.Is(err, io.EOF) {
		return nil, &Error{File: file, Err: ErrEmpty}
	} else if err != nil {
		return nil, d.syntax(err, data)
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, d.bad(second.Line, "", "more than one document")
	}
	d.root = whole.Content[0]
	if err := d.unique(d.root, ""); err != nil {
		return nil, err
	}
	return d, d.fill(d.root, reflect.ValueOf(into).Elem(), "")
}

// ReadFrom is [Read] for a stream.
func ReadFrom(file string, r io.Reader, into any) (*Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Read(file, data, into)
}

// Line returns the line of a key such as process.env, or of the nearest of its parents
// that is there.
func (d *Document) Line(key string) int {
	line, n := d.root.Line, d.root
	for part := range strings.SplitSeq(key, ".") {
		name, index, _ := strings.Cut(strings.TrimSuffix(part, "]"), "[")
		members, _ := d.pairs(n, 0)
		found := false
		for _, m := range members {
			if m.key.Value == name {
				line, n, found = m.key.Line, resolve(m.value), true
			}
		}
		if !found {
			return line
		}
		if i, err := strconv.Atoi(index); err == nil && n.Kind == yaml.SequenceNode && i >= 0 && i < len(n.Content) {
			line, n = n.Content[i].Line, resolve(n.Content[i])
		}
	}
	return line
}

// Keys are those of the document's mapping, in its order.
func (d *Document) Keys() []string {
	var keys []string
	members, _ := d.pairs(d.root, 0)
	for _, m := range members {
		keys = append(keys, m.key.Value)
	}
	return keys
}

// Unknown is the error of a key of the document's mapping that isn't a known one.
func (d *Document) Unknown(key string, known []string) error {
	return d.unknown(d.Line(key), "", key, known)
}

// Errorf is an error about a key, at its line. What it says is the caller's, so that
// only the caller can keep it free of secrets. It is about the document when key is "".
func (d *Document) Errorf(key, format string, args ...any) error {
	if key == "" {
		return d.bad(0, "", format, args...)
	}
	return d.bad(d.Line(key), key, format, args...)
}

func (d *Document) bad(line int, key, format string, args ...any) error {
	return &Error{File: d.file, Line: line, Key: key, Err: fmt.Errorf(format, args...)}
}

// syntax takes the line from what the decoder says, and drops the name of an alias,
// which may be a secret that starts with *.
func (d *Document) syntax(err error, data []byte) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if name, ok := strings.CutPrefix(text, "unknown anchor '"); ok {
		before, _, _ := bytes.Cut(data, []byte("*"+strings.TrimSuffix(name, "' referenced")))
		return d.bad(1+bytes.Count(before, []byte("\n")), "", "an alias without its anchor: quote a value that starts with *")
	}
	var line int
	if _, err := fmt.Sscanf(text, "line %d:", &line); err == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	return d.bad(line, "", "%s", text)
}
