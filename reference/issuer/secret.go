package issuer

import "fmt"

// Secret is a client's secret as it is configured. It doesn't print.
type Secret string

const redacted = "[redacted]"

// Format prints the same for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalText keeps encoders from printing it.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
