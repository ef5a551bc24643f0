package token

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// What only some tokens say survives signing and reading back.
func TestMoreIsSigned(t *testing.T) {
	t.Parallel()
	s := signer(t, ring(t, keys.EdDSA))
	family := strings.Repeat("f", IDLength)
	for name, more := range map[string]*More{
		"nothing":  nil,
		"username": {Username: `a "quoted" name`},
		"custom":   {Custom: json.RawMessage(`{"a":[1,{"b":null}],"z":"é"}`)},
		"both":     {Username: "alice", Custom: json.RawMessage(`{"https://claims.example/x":1.50}`)},
	} {
		c := sample()
		c.ID, c.More = FamilyID(family, c.ID), more
		tok, err := s.Sign(keys.EdDSA, &c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Verify(tok, time.Time{})
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%s: got %+v %+v, want %+v: %v", name, got, got.More, more, err)
		}
		if got.Family() != family {
			t.Errorf("%s: family %q", name, got.Family())
		}
	}
	if c := sample(); c.Family() != "" {
		t.Errorf("a plain token has the family %q", c.Family())
	}
}

// No custom claim can have the name of a member that is written here.
func TestReserved(t *testing.T) {
	t.Parallel()
	c := sample()
	c.More = &More{Username: "alice"}
	var members map[string]any
	if err := json.Unmarshal(c.appendPayload(nil), &members); err != nil {
		t.Fatal(err)
	}
	for name := range members {
		if !Reserved(name) {
			t.Errorf("%s may be a custom claim", name)
		}
	}
	if Reserved("department") {
		t.Error("department may not be a custom claim")
	}
}
