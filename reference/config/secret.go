package config

import (
	"encoding"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/oauthmark/oauthmark/reference/exactjson"
)

// Redacted is what secrets print as.
const Redacted = "[redacted]"

// Secret is a credential. It doesn't print, neither by fmt nor by an encoder. It must be
// in an exported field and not behind a pointer: there fmt may not call its methods.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// Format prints the same for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Redacted)) }

// LogValue keeps it from logs.
func (Secret) LogValue() slog.Value { return slog.StringValue(Redacted) }

// MarshalText keeps encoders from writing it, of JSON and YAML too.
func (Secret) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// SecretJSON is a JSON value, such as a JWK, that may be secret. In a file it stands as
// it is published. It doesn't print.
type SecretJSON []byte

// Format prints the same for every verb.
func (SecretJSON) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Redacted)) }

// LogValue keeps it from logs.
func (SecretJSON) LogValue() slog.Value { return slog.StringValue(Redacted) }

// MarshalText keeps encoders from writing it, of JSON and YAML too.
func (SecretJSON) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// UnmarshalJSON takes any object.
func (s *SecretJSON) UnmarshalJSON(text []byte) error {
	if len(text) == 0 || text[0] != '{' {
		return errors.New("must be a mapping")
	}
	*s = append(SecretJSON(nil), text...)
	return nil
}

// Disclose writes a configuration with its secrets, as JSON, for the server whose
// configuration it is. Nothing else writes them out.
func Disclose(configuration any) ([]byte, error) {
	type text interface {
		encoding.TextMarshaler
		Reveal() string
	}
	return exactjson.MarshalWith(configuration, text.Reveal, func(s SecretJSON) []byte {
		if s == nil {
			return []byte("null")
		}
		return s
	})
}

// Duration is a [time.Duration] that is written as in 1m30s. Unlike that, it may be
// read as zero or below.
type Duration time.Duration

func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText writes it for JSON and YAML.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [Duration.MarshalText] writes.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return errors.New("not a duration such as 60s")
	}
	*d = Duration(parsed)
	return nil
}
