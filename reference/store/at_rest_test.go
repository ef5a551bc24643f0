package store

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// The digests of "abc" are those of FIPS 180-4's and FIPS 202's published examples,
// and RFC 1321, appendix A.5.
func TestDigests(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"MD5":         "900150983cd24fb0d6963f7d28e17f72",
		"SHA-1":       "a9993e364706816aba3e25717850c26c9cd0d89d",
		"SHA-224":     "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
		"SHA-256":     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"SHA-384":     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
		"SHA-512":     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
		"SHA-512/224": "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa",
		"SHA-512/256": "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23",
		"SHA3-224":    "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf",
		"SHA3-256":    "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
		"SHA3-384":    "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25",
		"SHA3-512":    "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
	}
	if len(want) != len(Digests()) {
		t.Errorf("%d digests, want %d", len(Digests()), len(want))
	}
	for _, name := range Digests() {
		for _, spelled := range []string{name, strings.ToLower(name)} {
			a, err := Hashed(spelled)
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString([]byte(a.Key("abc"))); got != want[name] || a.Name() != name {
				t.Errorf("%s: %s is %s, want %s", spelled, a.Name(), got, want[name])
			}
		}
	}
	for _, name := range []string{"", "SHA", "SHA256", "MD2"} {
		if _, err := Hashed(name); err == nil {
			t.Errorf("%q: no error", name)
		}
	}
	if a, _ := Hashed(DefaultDigest); a.Key("abc") != DigestOf("abc") {
		t.Error("DigestOf isn't the default digest")
	}
}

func TestAtRest(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	must := func(a *AtRest, err error) *AtRest {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for name, c := range map[string]struct{ form, stranger *AtRest }{
		"plain": {Plain(), nil},
		"aes":   {must(EncryptedAES([32]byte{1}, rand.Reader)), must(EncryptedAES([32]byte{2}, rand.Reader))},
		"rsa":   {must(EncryptedRSA(key, rand.Reader)), must(EncryptedRSA(other, rand.Reader))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, length := range []int{0, 1, 43, 190, 214, 215, 1000, 9000} {
				value := strings.Repeat("secret", length/6+1)[:length]
				k := c.form.Key(value)
				sealed, err := c.form.Seal(k, value)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := c.form.Open(k, sealed); got != value || err != nil {
					t.Errorf("%d bytes: got %q, %v", length, got, err)
				}
				if c.stranger == nil {
					continue
				}
				bound := name == "aes" || length > 214
				if _, err := c.form.Open(c.form.Key("another"), sealed); bound && !errors.Is(err, ErrSealed) {
					t.Errorf("%d bytes, in another's row: %v", length, err)
				}
				if length >= 6 && (bytes.Contains(sealed, []byte("secret")) || strings.Contains(string(k), "secret")) {
					t.Errorf("%d bytes show", length)
				}
				if again, err := c.form.Seal(k, value); err != nil || bytes.Equal(again, sealed) {
					t.Errorf("%d bytes seal to the same twice, %v", length, err)
				}
				if c.stranger.Key(value) == k {
					t.Errorf("%d bytes have the same row under another key", length)
				}
				if _, err := c.stranger.Open(k, sealed); !errors.Is(err, ErrSealed) {
					t.Errorf("%d bytes, with another key: %v", length, err)
				}
				for _, damage := range []func([]byte) []byte{
					func([]byte) []byte { return nil },
					func(b []byte) []byte { return b[:len(b)-1] },
					func(b []byte) []byte { return append(b, 0) },
					func(b []byte) []byte { b[0] ^= 1; return b },
					func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
				} {
					if _, err := c.form.Open(k, damage(bytes.Clone(sealed))); !errors.Is(err, ErrSealed) {
						t.Errorf("%d bytes, damaged: %v", length, err)
					}
				}
			}
		})
	}
	// One block, as another implementation of the same cipher reads it.
	sealed, err := must(EncryptedRSA(key, rand.Reader)).Seal("row", "identifier")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := rsa.DecryptOAEP(sha1.New(), nil, key, sealed, nil); string(got) != "identifier" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAtRestRefuses(t *testing.T) {
	t.Parallel()
	a, err := Hashed("SHA-256")
	if err != nil {
		t.Fatal(err)
	}
	if sealed, err := a.Seal("row", "value"); sealed != nil || err != nil {
		t.Errorf("hashed keeps %q, %v", sealed, err)
	}
	if _, err := a.Open(a.Key("value"), nil); !errors.Is(err, ErrNoCopy) {
		t.Errorf("open: %v", err)
	}
	if _, err := EncryptedRSA(nil, rand.Reader); err == nil {
		t.Error("no key: no error")
	}
	dry, err := EncryptedAES([32]byte{}, strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dry.Seal("row", "value"); err == nil {
		t.Error("no randomness: no error")
	}
}
