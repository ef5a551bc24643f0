package token

import (
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oauthmark/oauthmark/reference/keys"
)

func TestSignVerify(t *testing.T) {
	t.Parallel()
	r := ring(t, keys.Algorithms()...)
	s := signer(t, r)
	for _, a := range keys.Algorithms() {
		t.Run(string(a), func(t *testing.T) {
			t.Parallel()
			want := sample()
			tok, err := s.Sign(a, &want)
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Verify(tok, time.Time{})
			if err != nil || got != want {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
			key, _ := r.ByAlgorithm(a)
			header, err := base64.RawURLEncoding.DecodeString(strings.Split(tok, ".")[0])
			if err != nil {
				t.Fatal(err)
			}
			if h := `{"typ":"at+jwt","alg":"` + string(a) + `","kid":"` + key.ID + `"}`; string(header) != h {
				t.Errorf("header %s, want %s", header, h)
			}
		})
	}
}

func TestSignWithoutKey(t *testing.T) {
	t.Parallel()
	c := sample()
	s := signer(t, ring(t, keys.ES256))
	for _, a := range []keys.Algorithm{keys.RS256, "none", ""} {
		if _, err := s.Sign(a, &c); err == nil {
			t.Errorf("%q: no error", a)
		}
	}
}

// A ring may hold keys that no longer sign: their tokens are still recognized.
func TestVerifyEarlierKey(t *testing.T) {
	t.Parallel()
	old, next := ring(t, keys.ES256), ring(t, keys.ES256)
	both, err := keys.NewRing(append(next.All(), old.All()...)...)
	if err != nil {
		t.Fatal(err)
	}
	c := sample()
	tok, err := signer(t, old).Sign(keys.ES256, &c)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := signer(t, both).Verify(tok, time.Time{}); err != nil || got != c {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := signer(t, next).Verify(tok, time.Time{}); !errors.Is(err, ErrHeader) {
		t.Errorf("without the key: %v, want %v", err, ErrHeader)
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	r := ring(t, keys.Algorithms()...)
	s := signer(t, r)
	c := sample()
	tok, err := s.Sign(keys.ES256, &c)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := s.Sign(keys.RS256, &c)
	if err != nil {
		t.Fatal(err)
	}
	part := strings.Split(tok, ".")
	header, payload, signature := part[0], part[1], part[2]
	es, _ := r.ByAlgorithm(keys.ES256)
	b64 := base64.RawURLEncoding.EncodeToString

	// signed puts the right signature on any header and payload.
	signed := func(header, payload string) string {
		sig, err := jwt.SigningMethodES256.Sign(header+"."+payload, es.Private)
		if err != nil {
			t.Fatal(err)
		}
		return header + "." + payload + "." + b64(sig)
	}
	headerOf := func(json string) string { return b64([]byte(json)) }
	other, err := keys.Generate(keys.ES256, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := jwt.SigningMethodES256.Sign(header+"."+payload, other.Private)
	if err != nil {
		t.Fatal(err)
	}
	der, err := es.Private.Sign(rand.Reader, digest(header+"."+payload), crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	changed := c
	changed.Scope = "admin"

	for name, c := range map[string]struct {
		token string
		want  error
	}{
		"nothing":              {"", ErrMalformed},
		"dots":                 {"..", ErrHeader},
		"two parts":            {header + "." + payload, ErrMalformed},
		"four parts":           {tok + ".", ErrMalformed},
		"five parts":           {tok + ".a.b", ErrMalformed},
		"space before":         {" " + tok, ErrHeader},
		"space after":          {tok + " ", ErrMalformed},
		"line break after":     {tok + "\n", ErrMalformed},
		"line break inside":    {header + "." + payload + "." + signature[:40] + "\r\n" + signature[40:], ErrMalformed},
		"padding":              {tok + "==", ErrMalformed},
		"no signature":         {header + "." + payload + ".", ErrSignature},
		"short signature":      {header + "." + payload + "." + signature[:80], ErrSignature},
		"unused bits":          {header + "." + payload + "." + lastBits(signature), ErrMalformed},
		"signature of another": {header + "." + payload + "." + b64(foreign), ErrSignature},
		"signature in DER":     {header + "." + payload + "." + b64(der), ErrSignature},
		"other payload":        {header + "." + b64(changed.appendPayload(nil)) + "." + signature, ErrSignature},
		"other key's header":   {strings.Split(rs, ".")[0] + "." + payload + "." + signature, ErrSignature},
		"upper case":           {strings.ToUpper(tok), ErrHeader},
		"alg none":             {headerOf(`{"typ":"at+jwt","alg":"none"}`) + "." + payload + ".", ErrHeader},
		"header reordered":     {signed(headerOf(`{"alg":"ES256","typ":"at+jwt","kid":"`+es.ID+`"}`), payload), ErrHeader},
		"typ JWT":              {signed(headerOf(`{"typ":"JWT","alg":"ES256","kid":"`+es.ID+`"}`), payload), ErrHeader},
		"no kid":               {signed(headerOf(`{"typ":"at+jwt","alg":"ES256"}`), payload), ErrHeader},
		"crit":                 {signed(headerOf(`{"typ":"at+jwt","alg":"ES256","kid":"`+es.ID+`","crit":["x"],"x":1}`), payload), ErrHeader},
		"payload not JSON":     {signed(header, b64([]byte("hello"))), ErrMalformed},
		"payload not base64":   {signed(header, "a+b="), ErrMalformed},
		"exp a string":         {signed(header, b64([]byte(`{"iss":"x","exp":"9999999999"}`))), ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := s.Verify(c.token, time.Time{})
			if !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if got != (Claims{}) {
				t.Errorf("claims %+v with an error", got)
			}
		})
	}
	// The helper's tokens are right but for what each case changes.
	if _, err := s.Verify(signed(header, payload), time.Time{}); err != nil {
		t.Errorf("control: %v", err)
	}
}

// lastBits spells the signature with other unused bits at its end: 64 octets take
// 86 characters, of which the last holds two bits.
func lastBits(signature string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, signature[len(signature)-1])
	return signature[:len(signature)-1] + string(alphabet[last|1])
}

func digest(s string) []byte {
	h := crypto.SHA256.New()
	h.Write([]byte(s))
	return h.Sum(nil)
}

// Every single character counts.
func TestVerifyAnyCharacter(t *testing.T) {
	t.Parallel()
	s := signer(t, ring(t, keys.EdDSA))
	c := sample()
	tok, err := s.Sign(keys.EdDSA, &c)
	if err != nil {
		t.Fatal(err)
	}
	for i := range tok {
		b := []byte(tok)
		if b[i] == 'A' {
			b[i] = 'B'
		} else {
			b[i] = 'A'
		}
		if _, err := s.Verify(string(b), time.Time{}); err == nil {
			t.Errorf("character %d of %d can be changed", i, len(tok))
		}
	}
}

func FuzzVerify(f *testing.F) {
	k, err := keys.Generate(keys.EdDSA, rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	r, err := keys.NewRing(k)
	if err != nil {
		f.Fatal(err)
	}
	s, err := NewSigner(r)
	if err != nil {
		f.Fatal(err)
	}
	c := sample()
	good, err := s.Sign(keys.EdDSA, &c)
	if err != nil {
		f.Fatal(err)
	}
	header, _, _ := strings.Cut(good, ".")
	for _, seed := range []string{good, header + "..", header + ".e30.", "a.b.c", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, tok string) {
		if _, err := s.Verify(tok, time.Time{}); err == nil && tok != good {
			t.Errorf("accepted a token that was not issued: %q", tok)
		}
	})
}

func TestPayloadOfToken(t *testing.T) {
	t.Parallel()
	s := signer(t, ring(t, keys.EdDSA))
	c := sample()
	tok, err := s.Sign(keys.EdDSA, &c)
	if err != nil {
		t.Fatal(err)
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.Split(tok, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"iss": c.Issuer, "aud": c.Audience, "azp": c.ClientID, "client_id": c.ClientID, "sub": c.Subject,
		"iat": float64(c.IssuedAt), "exp": float64(c.Expires), "jti": c.ID, "scope": c.Scope,
	}
	if len(m) != len(want) {
		t.Errorf("members %v, want %v", m, want)
	}
	for name, v := range want {
		if m[name] != v {
			t.Errorf("%s is %v, want %v", name, m[name], v)
		}
	}
}
