package store

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/oauthmark/oauthmark/reference/token"
)

// Whatever member of a record is another, its parts are: a member that split forgot
// would be that of whichever record came first.
func TestSplitKeepsEveryMember(t *testing.T) {
	t.Parallel()
	apart := func(name string, change func(*Record)) {
		plain := Record{Kind: Access, Claims: token.Claims{Subject: "s", ClientID: "c"}}
		other := plain
		change(&other)
		a, err := split(place{}, plain)
		if err != nil {
			t.Fatal(err)
		}
		b, err := split(place{}, other)
		if err != nil {
			t.Fatal(err)
		}
		if a.form.same(&b.form) != (a.form.identify() == b.form.identify()) {
			t.Errorf("with another %s, forms are the same and are not", name)
		}
		if a.form.same(&b.form) && a.row == b.row && a.ownerID == b.ownerID {
			t.Errorf("%s is lost", name)
		}
	}
	for _, of := range []func(*Record) reflect.Value{
		func(r *Record) reflect.Value { return reflect.ValueOf(r).Elem() },
		func(r *Record) reflect.Value { return reflect.ValueOf(&r.Claims).Elem() },
	} {
		kind := of(new(Record)).Type()
		for n := range kind.NumField() {
			name := kind.Field(n).Name
			if name == "Claims" {
				continue
			}
			apart(name, func(r *Record) {
				switch f := of(r).Field(n); f.Kind() {
				case reflect.String:
					f.SetString("another")
				case reflect.Int64:
					f.SetInt(7)
				case reflect.Bool:
					f.SetBool(true)
				case reflect.Slice:
					f.SetBytes(bytes.Repeat([]byte("t"), 3))
				case reflect.Pointer:
					f.Set(reflect.ValueOf(&token.More{Username: "u"}))
				default:
					t.Fatalf("%s is a %s, which this test can't change", name, f.Kind())
				}
			})
		}
	}
}
