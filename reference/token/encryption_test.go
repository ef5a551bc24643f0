package token

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// rsaKey is shared between tests, since RSA keys take long to make.
var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// recipientKey makes a key for alg and enc; for RSA it is always the same.
func recipientKey(t testing.TB, alg, enc string) any {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	switch alg {
	case "RSA-OAEP-256":
		k, err := rsaKey()
		must(err)
		return k
	case "ECDH-ES", "ECDH-ES+A256KW":
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(err)
		return k
	}
	bits := 256
	if alg == "dir" {
		bits = map[string]int{"A128GCM": 128, "A256GCM": 256, "A256CBC-HS512": 512}[enc]
	}
	k := make([]byte, bits/8)
	_, err := rand.Read(k)
	must(err)
	return k
}

// halves returns the JWK that encrypts and the one that decrypts.
func halves(t testing.TB, alg string, key any) (encrypts, decrypts []byte) {
	t.Helper()
	k := jose.JSONWebKey{Key: key, KeyID: "rs-1", Use: "enc", Algorithm: alg}
	decrypts, err := k.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	encrypts = decrypts
	if public := k.Public(); public.Key != nil {
		if encrypts, err = public.MarshalJSON(); err != nil {
			t.Fatal(err)
		}
	}
	return encrypts, decrypts
}

// pair makes both sides for a new key.
func pair(t testing.TB, alg, enc string) (*Encrypter, *Decrypter, any) {
	t.Helper()
	key := recipientKey(t, alg, enc)
	encrypts, decrypts := halves(t, alg, key)
	e, err := NewEncrypter(alg, enc, encrypts)
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDecrypter(alg, enc, decrypts)
	if err != nil {
		t.Fatal(err)
	}
	return e, d, key
}

const inner = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl"

func TestEncrypt(t *testing.T) {
	t.Parallel()
	for _, alg := range KeyManagements() {
		for _, enc := range ContentEncryptions() {
			t.Run(alg+"/"+enc, func(t *testing.T) {
				t.Parallel()
				e, d, key := pair(t, alg, enc)
				tok, err := e.Encrypt(inner)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := d.Decrypt(tok); err != nil || got != inner {
					t.Errorf("got %q, %v", got, err)
				}
				// By go-jose alone, with the bare key.
				object, err := jose.ParseEncryptedCompact(tok, []jose.KeyAlgorithm{jose.KeyAlgorithm(alg)}, []jose.ContentEncryption{jose.ContentEncryption(enc)})
				if err != nil {
					t.Fatal(err)
				}
				if got, err := object.Decrypt(key); err != nil || string(got) != inner {
					t.Errorf("go-jose got %q, %v", got, err)
				}
				if object.Header.KeyID != "rs-1" || object.Header.ExtraHeaders["cty"] != "JWT" {
					t.Errorf("header %+v", object.Header)
				}
				if again, _ := e.Encrypt(inner); again == tok {
					t.Error("encrypted twice to the same")
				}
				if alg == "RSA-OAEP-256" {
					return // its key is the same for all
				}
				_, stranger, _ := pair(t, alg, enc)
				if got, err := stranger.Decrypt(tok); !errors.Is(err, ErrDecrypt) || got != "" {
					t.Errorf("with another key: %q, %v", got, err)
				}
			})
		}
	}
}

// Every single character counts.
func TestDecryptAnyCharacter(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{"dir", "A256GCMKW", "ECDH-ES+A256KW"} {
		e, d, _ := pair(t, alg, "A256GCM")
		tok, err := e.Encrypt(inner)
		if err != nil {
			t.Fatal(err)
		}
		for i := range tok {
			if got, err := d.Decrypt(flip(tok, i)); err == nil || got != "" {
				t.Errorf("%s: character %d of %d can be changed", alg, i, len(tok))
			}
		}
	}
}

func TestDecryptRefuses(t *testing.T) {
	t.Parallel()
	e, d, key := pair(t, "dir", "A256GCM")
	good, err := e.Encrypt(inner)
	if err != nil {
		t.Fatal(err)
	}
	// made encrypts with the right key and any header.
	made := func(enc jose.ContentEncryption, zip jose.CompressionAlgorithm, extra map[jose.HeaderKey]any) string {
		headers := map[jose.HeaderKey]any{"cty": "JWT", "kid": "rs-1"}
		maps.Copy(headers, extra)
		crypter, err := jose.NewEncrypter(enc, jose.Recipient{Algorithm: jose.DIRECT, Key: key}, &jose.EncrypterOptions{Compression: zip, ExtraHeaders: headers})
		if err != nil {
			t.Fatal(err)
		}
		object, err := crypter.Encrypt([]byte(strings.Repeat(inner, 20)))
		if err != nil {
			t.Fatal(err)
		}
		tok, err := object.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return tok
	}
	if _, err := d.Decrypt(made(jose.A256GCM, jose.NONE, nil)); err != nil {
		t.Fatalf("control: %v", err)
	}
	_, rest, _ := strings.Cut(good, ".")
	header := func(json string) string { return encoding.EncodeToString([]byte(json)) + "." + rest }
	for name, c := range map[string]struct {
		token string
		want  error
	}{
		"nothing":        {"", ErrMalformed},
		"a signed token": {inner, ErrMalformed},
		"six parts":      {good + ".", ErrMalformed},
		"line break":     {good + "\n", ErrMalformed},
		"too long":       {good + strings.Repeat("A", MaxEncrypted), ErrMalformed},
		"zip":            {made(jose.A256GCM, jose.DEFLATE, nil), ErrHeader},
		"p2c":            {made(jose.A256GCM, jose.NONE, map[jose.HeaderKey]any{"p2c": 1 << 30}), ErrHeader},
		"jku":            {made(jose.A256GCM, jose.NONE, map[jose.HeaderKey]any{"jku": "https://x.example"}), ErrHeader},
		"crit":           {made(jose.A256GCM, jose.NONE, map[jose.HeaderKey]any{"crit": []string{"x"}, "x": 1}), ErrHeader},
		"other cty":      {made(jose.A256GCM, jose.NONE, map[jose.HeaderKey]any{"cty": "json"}), ErrHeader},
		"other kid":      {made(jose.A256GCM, jose.NONE, map[jose.HeaderKey]any{"kid": "rs-2"}), ErrHeader},
		"other enc":      {header(`{"alg":"dir","enc":"A128GCM","cty":"JWT","kid":"rs-1"}`), ErrHeader},
		"other alg":      {header(`{"alg":"A256GCMKW","enc":"A256GCM","cty":"JWT","kid":"rs-1"}`), ErrHeader},
		"PBES2":          {header(`{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2s":"AAAA","p2c":1000000000}`), ErrHeader},
		"alg a number":   {header(`{"alg":1,"enc":"A256GCM","cty":"JWT","kid":"rs-1"}`), ErrHeader},
		"header a list":  {header(`[]`), ErrMalformed},
		"reordered":      {header(`{"enc":"A256GCM","alg":"dir","kid":"rs-1","cty":"JWT"}`), ErrDecrypt},
		"alg twice":      {header(`{"alg":"none","alg":"dir","enc":"A256GCM","cty":"JWT","kid":"rs-1"}`), ErrMalformed},
	} {
		if got, err := d.Decrypt(c.token); !errors.Is(err, c.want) || got != "" {
			t.Errorf("%s: got %d characters, %v, want %v", name, len(got), err, c.want)
		}
	}
}

func TestRecipientErrors(t *testing.T) {
	t.Parallel()
	ec := recipientKey(t, "ECDH-ES", "")
	public, private := halves(t, "ECDH-ES", ec)
	shared := bytes.Repeat([]byte("s"), 32)
	oct, err := json.Marshal(map[string]string{"kty": "oct", "k": encoding.EncodeToString(shared)})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		alg, enc string
		jwk      []byte
	}{
		"unknown alg":            {"RSA1_5", "A256GCM", public},
		"password":               {"PBES2-HS256+A128KW", "A256GCM", oct},
		"unknown enc":            {"ECDH-ES", "A256", public},
		"not JSON":               {"ECDH-ES", "A256GCM", []byte("{")},
		"another alg than key's": {"ECDH-ES+A256KW", "A256GCM", public},
		"another type":           {"RSA-OAEP-256", "A256GCM", oct},
		"dir of another size":    {"dir", "A128GCM", oct},
		"a public key shared":    {"dir", "A256GCM", []byte(strings.Replace(string(public), `"alg":"ECDH-ES",`, "", 1))},
		"for signatures":         {"ECDH-ES", "A256GCM", []byte(strings.Replace(string(public), `"enc"`, `"sig"`, 1))},
	} {
		for side, make := range map[string]func() error{
			"encrypter": func() error { _, err := NewEncrypter(c.alg, c.enc, c.jwk); return err },
			"decrypter": func() error { _, err := NewDecrypter(c.alg, c.enc, c.jwk); return err },
		} {
			if err := make(); err == nil || strings.Contains(err.Error(), encoding.EncodeToString(shared)) {
				t.Errorf("%s of %s: error %v", side, name, err)
			}
		}
	}
	if _, err := NewDecrypter("ECDH-ES", "A256GCM", public); err == nil {
		t.Error("a decrypter of a public key")
	}
	if _, err := NewEncrypter("ECDH-ES", "A256GCM", private); err != nil {
		t.Errorf("an encrypter of the private key: %v", err)
	}
}

// Both sides are used at the same time by many.
func TestEncryptConcurrently(t *testing.T) {
	t.Parallel()
	for _, alg := range KeyManagements() {
		e, d, _ := pair(t, alg, "A256GCM")
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 5 {
					tok, err := e.Encrypt(inner)
					if err != nil {
						t.Error(err)
					}
					if got, err := d.Decrypt(tok); err != nil || got != inner {
						t.Errorf("%s: %q, %v", alg, got, err)
					}
				}
			})
		}
		all.Wait()
	}
}
