package verifier

import (
	"bytes"
	"testing"
)

// FuzzReadEvents: whatever an issuer sends, no more of it is held than a line and an event
// may have, and what is understood names one thing.
func FuzzReadEvents(f *testing.F) {
	for _, seed := range []string{
		"event: revoked\nid: 1\ndata: {\"jti\":\"x\"}\n\n", "data: a\ndata: b\n\n", ": still here\n\n", "retry: 10\nid: \x00\n\n",
		"event: revoked\r\ndata: {\"family\":\"f\"}\r\n\r\n", "data\n\n", "event:revoked\ndata:{\"jti\":\"a\",\"family\":\"b\"}\n\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = readEvents(bytes.NewReader(data), func(line eventLine) error {
			if len(line.data) > maxEvent || line.retry < 0 {
				t.Errorf("%d bytes, retry %s", len(line.data), line.retry)
			}
			for i := range len(line.id) {
				if line.id[i] < ' ' || line.id[i] > '~' {
					t.Errorf("id %q", line.id)
				}
			}
			if line.data == nil {
				return nil
			}
			if r, err := parseRevoked(line.data); err == nil && (r.JTI == "") == (r.Family == "") {
				t.Errorf("%q is read as %+v", line.data, r)
			}
			return nil
		})
	})
}
