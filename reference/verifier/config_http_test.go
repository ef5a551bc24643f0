package verifier

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/token"
)

// keyFile writes a new private key to decrypt with, and returns the file and its
// public half.
func keyFile(t testing.TB, mode os.FileMode) (file string, public []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := json.Marshal(jose.JSONWebKey{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if public, err = json.Marshal(jose.JSONWebKey{Key: key.Public()}); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(file, whole, mode); err != nil {
		t.Fatal(err)
	}
	return file, public
}

// With a key to decrypt, a token is judged by what is inside, and one that is only
// signed is refused.
func TestDecrypt(t *testing.T) {
	t.Parallel()
	u, c := newUpstream(t), newClock()
	config := u.config()
	file, public := keyFile(t, 0o600)
	old, _ := keyFile(t, 0o600)
	config.Decrypt = []Decryption{{"ECDH-ES", "A256GCM", old}, {"ECDH-ES", "A256GCM", file}}
	v := newVerifier(t, config, Options{Now: c.now})
	_, stranger := keyFile(t, 0o600)
	seal := func(jwk []byte, enc, signed string) string {
		e, err := token.NewEncrypter("ECDH-ES", enc, jwk)
		if err != nil {
			t.Fatal(err)
		}
		text, err := e.Encrypt(signed)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	signed := sign(t, testKeys().ec, goodHeader("ES256"), goodClaims(c.now()))
	spoiled := signed[:len(signed)-8] + "AAAAAAAA"
	for name, test := range map[string]struct {
		token string
		want  claims.Reason
	}{
		"encrypted":             {seal(public, "A256GCM", signed), ""},
		"only signed":           {signed, claims.ReasonEncryption},
		"to another key":        {seal(stranger, "A256GCM", signed), claims.ReasonEncryption},
		"with another enc":      {seal(public, "A128GCM", signed), claims.ReasonEncryption},
		"spoiled inside":        {seal(public, "A256GCM", spoiled), claims.ReasonSignature},
		"unsigned inside":       {seal(public, "A256GCM", "eyJhbGciOiJub25lIn0.e30."), claims.ReasonType},
		"encrypted twice":       {seal(public, "A256GCM", seal(public, "A256GCM", signed)), claims.ReasonMalformed},
		"spoiled outside":       {strings.Replace(seal(public, "A256GCM", signed), ".", ".A", 1), claims.ReasonEncryption},
		"five parts of nothing": {"....", claims.ReasonEncryption},
	} {
		_, err := strategy(t, v, Local).Judge(t.Context(), test.token)
		t.Run(name, func(t *testing.T) { wantReason(t, err, test.want) })
	}
}

// A file that is no good key is named when the verifier is made, and its text isn't.
func TestDecryptFileRefused(t *testing.T) {
	t.Parallel()
	open, public := keyFile(t, 0o644)
	half := filepath.Join(t.TempDir(), "public.json")
	text := filepath.Join(t.TempDir(), "text.json")
	for file, content := range map[string][]byte{half: public, text: []byte(`{"kty":"EC","d":"hunter2"`)} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		d    Decryption
		want string
	}{
		{Decryption{"ECDH-ES", "A256GCM", open + "x"}, "no such file"},
		{Decryption{"ECDH-ES", "A256GCM", open}, "chmod 600"},
		{Decryption{"ECDH-ES", "A256GCM", half}, "no private key"},
		{Decryption{"ECDH-ES", "A256GCM", text}, "text.json"},
		{Decryption{"RSA1_5", "A256GCM", half}, "RSA1_5"},
		{Decryption{"PBES2-HS256+A128KW", "A256GCM", half}, "PBES2"},
	} {
		config := newUpstream(t).config()
		config.Decrypt = []Decryption{test.d}
		_, err := New(config, Options{})
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "decrypt: jwk_file") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%+v: %v", test.d, err)
		}
	}
}

// The leeway is that of the configuration, 0 unless it says otherwise, and both ways.
func TestLeeway(t *testing.T) {
	t.Parallel()
	for _, leeway := range []time.Duration{0, time.Minute} {
		u := newUpstream(t)
		v, c := u.verifier(t, func(c *Config) { c.Leeway = Duration(leeway) })
		for offset, want := range map[time.Duration]claims.Reason{
			-leeway - time.Second: claims.ReasonExpired, -leeway + time.Second: "", leeway: claims.ReasonNotYetValid,
		} {
			said := goodClaims(c.now())
			switch {
			case offset == leeway:
				said["nbf"] = c.now().Add(leeway + time.Second).Unix()
			default:
				said["exp"] = c.now().Add(offset).Unix()
			}
			judges(t, strategy(t, v, Local), sign(t, testKeys().ec, goodHeader("ES256"), said), want)
		}
	}
}
