package store

import (
	"crypto/rand"
	"errors"
	"reflect"
	"testing"

	"github.com/oauthmark/oauthmark/reference/token"
)

func TestPersistence(t *testing.T) {
	t.Parallel()
	sealing, err := EncryptedAES([AESKeySize]byte{}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	hashed, err := Hashed(DefaultDigest)
	if err != nil {
		t.Fatal(err)
	}
	r := Record{Claims: token.Claims{ID: "jti", Expires: 9, Subject: "app", Scope: "read"}, Kind: Access, Family: "grant"}
	alone := Record{Claims: token.Claims{ID: "jti", Expires: 9}, Kind: Access, Family: "grant"}
	for name, c := range map[string]struct {
		p    Persistence
		want Record
		kept bool
		copy string
	}{
		"nothing":       {Persistence{KeepNothing, hashed}, Record{}, false, ""},
		"id":            {Persistence{KeepID, hashed}, alone, true, ""},
		"claims":        {Persistence{KeepClaims, sealing}, r, true, ""},
		"token, plain":  {Persistence{KeepToken, Plain()}, r, true, "a.b.c"},
		"token, hashed": {Persistence{KeepToken, hashed}, r, true, ""},
		"token, sealed": {Persistence{KeepToken, sealing}, r, true, "a.b.c"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, got, ok, err := c.p.Row("jti", "a.b.c", r)
			if err != nil || ok != c.kept {
				t.Fatal(ok, err)
			}
			if c.kept && k != c.p.AtRest.Key("jti") {
				t.Error("not found by what it is to be found by")
			}
			if (len(got.Token) > 0) != (c.copy != "") {
				t.Errorf("a copy of %d bytes", len(got.Token))
			}
			if c.copy != "" {
				if opened, err := c.p.AtRest.Open(k, got.Token); opened != c.copy || err != nil {
					t.Errorf("opened %q, %v", opened, err)
				}
			}
			got.Token = nil
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestPersistenceCheck(t *testing.T) {
	t.Parallel()
	for _, keep := range Keeps() {
		p := Persistence{keep, Plain()}
		if err := p.Check(false); err != nil {
			t.Errorf("%s: %v", keep, err)
		}
		stateless := keep == KeepNothing || keep == KeepID
		if err := p.Check(true); errors.Is(err, ErrKeep) != stateless || (err != nil) != stateless {
			t.Errorf("%s of opaque tokens: %v", keep, err)
		}
	}
	for _, p := range []Persistence{{}, {"all", Plain()}, {KeepID, nil}} {
		if p.Check(false) == nil {
			t.Errorf("%+v: no error", p)
		}
	}
	if _, _, _, err := (Persistence{}).Row("", "", Record{}); err == nil {
		t.Error("nothing said of what to keep: no error")
	}
}

// What a later version wrote is read, as far as it is known.
func TestDecodeRecord(t *testing.T) {
	t.Parallel()
	got, err := DecodeRecord([]byte(`{"claims":{"jti":"a","exp":9,"later":[1]},"kind":"refresh","more":{}}`), true)
	want := Record{Claims: token.Claims{ID: "a", Expires: 9}, Kind: Refresh, Used: true}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := DecodeRecord([]byte(`{"claims":"secret"`), false); !errors.Is(err, ErrUnavailable) {
		t.Errorf("malformed: %v", err)
	}
}
