// Package config reads configuration files, and keeps the secrets in them from being
// shown.
//
// [Read] fills a Go value from one document in YAML or JSON. It is strict: what the
// value has no place for is an [Error] with file, line and key, and never with a value,
// which may be a misplaced secret. The [Document] that it returns knows the line of each
// key, for what is found wrong later. A [Secret] doesn't print; [Disclose] alone writes
// it out. [Nearest] finds what a person meant by an unknown name.
//
// YAML is read by go.yaml.in/yaml/v3, node by node. Its own strict mode names Go types
// and quotes values. github.com/goccy/go-yaml has positions in all its errors, but
// quotes values too, takes null and a second document in silence, and knows no path of
// a key, so that the same walk would be needed.
package config
