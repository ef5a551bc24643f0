package forge_test

import (
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/forge"
)

// Nothing is too broken to be built.
func TestTokenTakesAnyBytes(t *testing.T) {
	t.Parallel()
	token, err := forge.Token([]byte(`{"alg":"none","alg":"ES256"`), []byte{0xff, 0x00}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(token, ".") {
		t.Errorf("without a signer: %q, want an empty signature", token)
	}
	header, err := forge.Read(token, forge.Header)
	if err != nil || string(header) != `{"alg":"none","alg":"ES256"` {
		t.Errorf("header read back: %q, %v", header, err)
	}
	payload, err := forge.Read(token, forge.Payload)
	if err != nil || string(payload) != "\xff\x00" {
		t.Errorf("payload read back: %q, %v", payload, err)
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	token, err := forge.Token([]byte("h"), []byte("p"), func([]byte) ([]byte, error) { return []byte("sig"), nil })
	if err != nil {
		t.Fatal(err)
	}
	dropped, err := forge.Replace(token, forge.Signature, nil)
	if err != nil || dropped != "aA.cA." {
		t.Errorf("dropped: %q, %v", dropped, err)
	}
	if _, err := forge.FlipSignature(dropped); err == nil {
		t.Error("flipping a bit of no signature: no error")
	}
	replaced, err := forge.Replace(token, forge.Payload, []byte("q"))
	if err != nil || replaced != "aA.cQ.c2ln" {
		t.Errorf("replaced: %q, %v", replaced, err)
	}
	for _, opaque := range []string{"", "abc", "a.b", "a.b.c.d"} {
		if _, err := forge.FlipSignature(opaque); err == nil {
			t.Errorf("%q is no JWT, and no error", opaque)
		}
	}
}

func TestObjectIsStable(t *testing.T) {
	t.Parallel()
	got, err := forge.Object(map[string]any{"b": "<&>", "a": 1})
	if err != nil || string(got) != `{"a":1,"b":"<&>"}` {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := forge.Object(map[string]any{"a": func() {}}); err == nil {
		t.Error("a member that JSON can't hold: no error")
	}
}
