package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Keys of every algorithm come back from a file as they were: kid, order, ends.
func TestFile(t *testing.T) {
	t.Parallel()
	var entries []Entry
	for n, a := range Algorithms() {
		k := generate(t, a)
		if n%2 == 0 {
			k.ID = "kid of " + string(a)
			k.ID = strings.ReplaceAll(k.ID, " ", "-")
		}
		entries = append(entries, Entry{Key: k})
	}
	entries[4].Until = time.Unix(2_000_000_000, 1) // to a second, and no earlier
	path := filepath.Join(t.TempDir(), "keys.json")
	made, err := CreateFile(path, entries)
	if err != nil {
		t.Fatal(err)
	}
	f, read, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wantEntries(t, read, entries)
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := CreateFile(path, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made over another: %v", err)
	}
	// A ring keeps what becomes of it, and doesn't change when that fails.
	r, err := NewRingOf(read, f.Save)
	if err != nil {
		t.Fatal(err)
	}
	next := generate(t, EdDSA)
	now := time.Unix(1_900_000_000, 0)
	if err := r.Rotate(next, now, time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, read, err = ReadFile(path); err != nil {
		t.Fatal(err)
	}
	wantEntries(t, read, r.Current().Entries())
	again, err := NewRingOf(read, nil)
	if err != nil {
		t.Fatal(err)
	}
	if k, _ := again.ByAlgorithm(EdDSA); k.ID != next.ID {
		t.Errorf("%v signs after the rotation", k)
	}
	if err := made.Save(entries); !errors.Is(err, ErrFileChanged) {
		t.Errorf("another process's keys were replaced: %v", err)
	}
	if err := os.WriteFile(path, []byte(`{"keys":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.Rotate(generate(t, EdDSA), now, time.Hour); !errors.Is(err, ErrFileChanged) {
		t.Errorf("rotation: %v", err)
	}
	if err := r.Announce(generate(t, EdDSA)); !errors.Is(err, ErrFileChanged) {
		t.Errorf("announcement: %v", err)
	}
	if k, _ := r.ByAlgorithm(EdDSA); k != next {
		t.Errorf("%v signs, which isn't kept", k)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("files %v, %v", left, err)
	}
}

func wantEntries(t *testing.T, got, want []Entry) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d keys, want %d", len(got), len(want))
	}
	for n, g := range got {
		w := want[n]
		again, err := rebind(g.Key)
		same, wanted := again, w.Key
		if err == nil {
			wanted, err = rebind(w.Key)
		}
		if err != nil || same.ID != wanted.ID || g.Key.ID != w.Key.ID || g.Key.Algorithm != w.Key.Algorithm {
			t.Errorf("%v, want %v (%v)", g.Key, w.Key, err)
		}
		if g.Until.IsZero() != w.Until.IsZero() || g.Until.Before(w.Until) || g.Until.Sub(w.Until) >= time.Second {
			t.Errorf("%v ends at %v, want %v", g.Key, g.Until, w.Until)
		}
	}
}

func TestFileRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, _, err := ReadFile(filepath.Join(dir, "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
	if _, _, err := ReadFile(dir); err == nil {
		t.Error("a folder was read")
	}
	if _, err := CreateFile(filepath.Join(dir, "absent", "keys"), nil); err == nil {
		t.Error("made in a folder that isn't there")
	}
	if runtime.GOOS == "windows" {
		t.Skip("there are no modes")
	}
	path := filepath.Join(dir, "keys")
	if err := os.WriteFile(path, []byte(`{"keys":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o620: false, 0o644: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, _, err := ReadFile(path); (err == nil) != ok || !ok && !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
}

// privateSet is a set of one key, with members changed; a nil one is left out.
func privateSet(t *testing.T, a Algorithm, change map[string]any) []byte {
	t.Helper()
	b, err := EncodePrivate([]Entry{{Key: generate(t, a)}})
	if err != nil {
		t.Fatal(err)
	}
	var set struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal(b, &set); err != nil {
		t.Fatal(err)
	}
	for name, value := range change {
		if set.Keys[0][name] = value; value == nil {
			delete(set.Keys[0], name)
		}
	}
	if b, err = json.Marshal(set); err != nil {
		t.Fatal(err)
	}
	return b
}

// What can't sign as it says is an error that tells nothing of the key.
func TestDecodePrivateErrors(t *testing.T) {
	t.Parallel()
	type m map[string]any
	other := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	for name, c := range map[string]struct {
		alg    Algorithm
		change m
		want   string
	}{
		"no alg":             {ES256, m{"alg": nil}, "alg"},
		"unknown alg":        {ES256, m{"alg": "hunter2"}, "alg"},
		"alg of another kty": {ES256, m{"alg": "RS256"}, "kty"},
		"other curve":        {ES256, m{"alg": "ES384"}, "fit"},
		"for encryption":     {RS256, m{"use": "enc"}, "use"},
		"public EC":          {ES256, m{"d": nil}, "no private key"},
		"public RSA":         {RS256, m{"d": nil, "p": nil, "q": nil, "dp": nil, "dq": nil, "qi": nil}, "no private key"},
		"half an RSA key":    {RS256, m{"p": nil}, "not a key"},
		"other EC pair":      {ES256, m{"d": other[:42] + "B"}, ""},
		"other OKP pair":     {EdDSA, m{"d": other}, ""},
		"other AKP pair":     {MLDSA44, m{"priv": other}, "public half"},
		"no AKP pub":         {MLDSA65, m{"pub": nil}, "public half"},
		"AKP of another set": {MLDSA65, m{"alg": "ML-DSA-87"}, "public half"},
		"AKP expanded":       {MLDSA44, m{"priv": other + other}, "priv"},
		"short secret":       {HS256, m{"k": "aHVudGVyMg"}, "256 bits"},
		"secret as text":     {HS256, m{"k": "hunter2!"}, "base64url"},
		"kid with a space":   {HS256, m{"kid": "a b"}, "kid"},
		"kid too long":       {HS256, m{"kid": strings.Repeat("x", maxID+1)}, "kid"},
		"kid of a number":    {HS256, m{"kid": 1}, "not a JWK"},
	} {
		set := privateSet(t, c.alg, c.change)
		_, err := DecodePrivate(set)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "key 1") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
	}
	for _, text := range []string{"", "hunter2", "[]", "{}", `{"keys":"hunter2"}`, `{"keys":null}`, `{"keys":["hunter2"]}`, `{"keys":[null]}`} {
		if _, err := DecodePrivate([]byte(text)); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", text, err)
		}
	}
	// A kid is made where there is none, and twice the same is refused by the ring.
	set := privateSet(t, Ed25519, map[string]any{"kid": nil, "use": nil, "comment": "mine"})
	entries, err := DecodePrivate(set)
	if err != nil || len(entries[0].Key.ID) != 43 {
		t.Fatalf("%v, %v", entries, err)
	}
	if _, err := NewRingOf(append(entries, entries...), nil); err == nil {
		t.Error("a kid twice")
	}
}

// Whatever is in a file, reading it ends without a panic, and what is read can be
// written and read again.
func FuzzDecodePrivate(f *testing.F) {
	for _, text := range []string{
		`{"keys":[]}`, `{"keys":[{"kty":"oct","alg":"HS256","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","exp":5}]}`,
		`{"keys":[{"kty":"OKP","alg":"EdDSA","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`,
		`{"keys":[{"kty":"AKP","alg":"ML-DSA-44","priv":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}`,
		`{"keys":[{"kty":"EC","alg":"ES256","crv":"P-256"}]}`, `{"keys":[{"kty":"RSA","alg":"RS256","n":"AQ","e":"AQ","d":"AQ","p":"AQ","q":"AQ"}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		entries, err := DecodePrivate(text)
		if err != nil {
			return
		}
		once, err := EncodePrivate(entries)
		if err != nil {
			t.Fatal(err)
		}
		again, err := DecodePrivate(once)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := EncodePrivate(again); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("another text when written again: %v", err)
		}
	})
}
