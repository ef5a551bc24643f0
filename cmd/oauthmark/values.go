package main

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/oauthmark/oauthmark/scenarios"
)

// decimal is the value of a flag that takes a whole number. Those of pflag take 0100 for 64.
type decimal struct{ pflag.Value }

func (d decimal) Set(given string) error {
	n, err := wholeNumber(given)
	if err != nil {
		return err
	}
	return d.Value.Set(n.String())
}

func wholeNumber(given string) (*big.Int, error) {
	n, ok := new(big.Int).SetString(given, 10)
	if !ok {
		return nil, errors.New("must be a whole number, such as 64")
	}
	return n, nil
}

// several is the value of a flag that takes several values, one each time or with commas
// between. It implements [pflag.SliceValue].
type several[T any] struct {
	values *[]T
	kind   string
	parse  func(string) (T, error)
	given  bool // values were given: the next ones are added to them
}

func wholeNumbers(values *[]int) pflag.Value {
	return &several[int]{values: values, kind: "intSlice", parse: func(s string) (int, error) {
		n, err := wholeNumber(s)
		if err == nil && !n.IsInt64() {
			err = errors.New("is too large")
		}
		if err != nil {
			return 0, err
		}
		return int(n.Int64()), nil
	}}
}

func numbers(values *[]float64) pflag.Value {
	return &several[float64]{values: values, kind: "numberSlice", parse: func(s string) (float64, error) {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return 0, errors.New("must be a number, such as 0.9")
		}
		return v, nil
	}}
}

func durations(values *[]time.Duration) pflag.Value {
	return &several[time.Duration]{values: values, kind: "durationSlice", parse: func(s string) (time.Duration, error) {
		v, err := time.ParseDuration(s)
		if err != nil {
			return 0, errors.New("must be a duration, such as 30s")
		}
		return v, nil
	}}
}

func (s *several[T]) Type() string   { return s.kind }
func (s *several[T]) String() string { return strings.Join(s.GetSlice(), ",") }

func (s *several[T]) Set(given string) error {
	var all []T
	for part := range strings.SplitSeq(given, ",") {
		v, err := s.parse(strings.TrimSpace(part))
		if err != nil {
			return err
		}
		all = append(all, v)
	}
	if !s.given {
		*s.values, s.given = nil, true
	}
	*s.values = append(*s.values, all...)
	return nil
}

func (s *several[T]) Append(given string) error { return s.Set(given) }

func (s *several[T]) Replace(given []string) error {
	s.given = false
	return s.Set(strings.Join(given, ","))
}

func (s *several[T]) GetSlice() (out []string) {
	for _, v := range *s.values {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// choice is the value of a flag that takes one of a few words.
type choice struct {
	value   *string
	allowed []string
}

func oneOf(value *string, otherwise string, allowed ...string) *choice {
	*value = otherwise
	return &choice{value, allowed}
}

func (c *choice) String() string { return *c.value }
func (c *choice) Type() string   { return "string" }

func (c *choice) Set(given string) error {
	if !slices.Contains(c.allowed, given) {
		hint := ""
		if near := scenarios.Unknown("", given, "", c.allowed).Nearest; near != "" {
			hint = fmt.Sprintf(" (did you mean %s?)", near)
		}
		return fmt.Errorf("use one of %s%s", strings.Join(c.allowed, ", "), hint)
	}
	*c.value = given
	return nil
}
