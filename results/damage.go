package results

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
)

// What a record may hold. The limits are far beyond any run, and low enough that sums of
// what is within them don't overflow.
const (
	maxRecord   = 256 << 20 // bytes of the file
	maxText     = 1 << 20   // bytes of a string
	maxList     = 100_000   // members of a list
	maxNames    = 200       // kinds of axes, components, counters and outcomes
	maxInteger  = 10_000_000_000_000
	maxFloat    = 1e18
	maxDuration = Duration(365 * 24 * time.Hour)
)

// damage says what a record has that no run wrote: a reader must not hang on it, or find
// out halfway through. Histograms are judged when they are decoded.
func (run Run) damage() error {
	if err := outOfRange(reflect.ValueOf(run)); err != nil {
		return err
	}
	for _, s := range run.Plan.Steps {
		if s.ID == "" {
			return errors.New("a planned step has no id")
		}
	}
	names := map[string]bool{} // that reports have columns for
	for _, s := range run.Steps {
		for _, a := range s.Step.Axes {
			names["axis "+a.Name] = true
		}
		if s.Series != nil {
			for _, u := range s.Series.Usage {
				names["component "+u.Component] = true
			}
			for _, c := range s.Series.Counters {
				names["counter "+c.Name] = true
			}
			for _, o := range s.Series.Outcomes {
				names["outcome "+o.Name] = true
				if o.Name == "" {
					return fmt.Errorf("step %q has an outcome without a name", s.Step.ID)
				}
			}
		}
		switch {
		case s.Step.ID == "":
			return errors.New("a step has no id")
		case s.Loaded() && s.Step.Target == "":
			return fmt.Errorf("step %q put load on no target", s.Step.ID)
		}
		for _, f := range s.Findings {
			if f.Check == "" {
				return fmt.Errorf("step %q has a finding of no check", s.Step.ID)
			}
		}
		for _, c := range s.Costs {
			if c.Operation == "" {
				return fmt.Errorf("step %q has the cost of no operation", s.Step.ID)
			}
		}
		for _, f := range s.Figures {
			if f.Name == "" {
				return fmt.Errorf("step %q has a figure without a name", s.Step.ID)
			}
		}
	}
	switch {
	case len(names) > maxNames:
		return fmt.Errorf("it has %d kinds of axes, components, counters and outcomes, more than %d", len(names), maxNames)
	case run.ID == "":
		return errors.New("it has no id")
	}
	return nil
}

// outOfRange names the first member, however deep, that is beyond a limit.
func outOfRange(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return outOfRange(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return nil
		}
		for i := range v.NumField() {
			if err := outOfRange(v.Field(i)); err != nil {
				name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	case reflect.Slice:
		if v.Len() > maxList {
			return fmt.Errorf("it has %d members, more than %d", v.Len(), maxList)
		}
		for i := range v.Len() {
			if err := outOfRange(v.Index(i)); err != nil {
				return fmt.Errorf("%d: %w", i, err)
			}
		}
	case reflect.String:
		if v.Len() > maxText {
			return fmt.Errorf("it has %d bytes, more than %d", v.Len(), maxText)
		}
	case reflect.Float64:
		if !(math.Abs(v.Float()) <= maxFloat) {
			return fmt.Errorf("%g is out of range", v.Float())
		}
	case reflect.Int, reflect.Int64:
		limit := int64(maxInteger)
		if v.Type() == reflect.TypeFor[Duration]() {
			limit = int64(maxDuration)
		}
		if v.Int() < 0 || v.Int() > limit {
			return fmt.Errorf("%v is out of range", v.Interface())
		}
	}
	return nil
}
