package verifier

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A list that names a next document each time, and has nothing in it, ends here.
func TestDenylistWithoutEnd(t *testing.T) {
	t.Parallel()
	documents := 0
	s, _, _, c := denylistUpstream(t, SetExact, func(w http.ResponseWriter, r *http.Request) {
		documents++
		if documents > maxDenylistPages {
			t.Error("asked again")
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		fixed(200, listOf(fmt.Sprint(documents), true))(w, r)
	})
	err := cannotTell(t, s, withJTI(t, c, "x"))
	if !strings.Contains(err.Error(), "documents") {
		t.Error(err)
	}
}

// What is kept is bounded, in however many downloads it came. Nobody is let in by a list
// that isn't whole; one that is read anew, without what has expired, is.
func TestDenylistBounded(t *testing.T) {
	t.Parallel()
	for _, kind := range DenylistSets() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c, next, short := newClock(), 0, false
			exp := c.now().Add(time.Hour)
			s, _, _, c := denylistUpstream(t, kind, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost { // status
					fixed(200, `{"jti":"good","status":"good"}`)(w, r)
					return
				}
				next++
				list := []string{listed("jti", fmt.Sprint("a", next), exp), listed("jti", fmt.Sprint("b", next), exp)}
				if r.URL.Query().Get("after") == "" && next > 1 && !short {
					list = append(list, list[0], listed("jti", "c", exp), listed("jti", "d", exp))
				}
				fixed(200, listOf(fmt.Sprint(next), false, list...))(w, r)
			})
			s.list.most = 3
			token := withJTI(t, c, "good")
			judge := func() error {
				_, err := s.Judge(t.Context(), token)
				c.advance(30*time.Second + s.list.grace)
				return err
			}
			wantReason(t, judge(), "")
			for range 3 {
				wantUnavailable(t, judge())
			}
			short = true
			wantReason(t, judge(), "")
		})
	}
}

// FuzzParseDenylistPage: what is taken is of the issuer, and each revocation of one thing.
func FuzzParseDenylistPage(f *testing.F) {
	exp := time.Unix(1_700_000_000, 0)
	for _, seed := range []string{
		listOf("a", true, listed("jti", "x", exp), listed("family", "y", exp)), listOf("", false), "null", "{}", `{"revoked":[{}]}`,
		strings.Repeat(`{"a":`, 100), listOf("a", false, `{"jti":1}`),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		page, err := parseDenylistPage(data, testIssuer)
		if err != nil {
			return
		}
		if page.Issuer != testIssuer || page.Interval < 1 || page.Interval > 86400 {
			t.Errorf("%+v", page)
		}
		set, err := newDenySet(SetExact, 1)
		if err != nil {
			t.Fatal(err)
		}
		l := &denylist{most: maxRevocations, set: set}
		if _, err := l.add(set, page, nil); err != nil {
			return
		}
		for _, r := range page.Revoked {
			if r.Expires > exp.Unix() && l.revoked(r.JTI+r.Family+".", exp) == foundNot && l.revoked(r.JTI, exp) == foundNot {
				t.Errorf("%+v isn't found", r)
			}
		}
	})
}
