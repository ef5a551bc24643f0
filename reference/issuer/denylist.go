package issuer

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/oauthmark/oauthmark/reference/store"
)

// DefaultListInterval is how long a downloaded list of revocations may be kept, in
// seconds, where nothing is configured.
const DefaultListInterval = 30

// listPage is how many revocations there are in one document, or one batch of events.
const listPage = 10_000

// denylist is the document of revocations, as a CRL (RFC 5280, section 5) is one of
// certificates. It isn't signed, so that it is only as good as the connection.
type denylist struct {
	Issuer   string    `json:"iss"`
	Interval int64     `json:"interval_s"` // after which to ask again
	Revoked  []revoked `json:"revoked"`    // oldest first
	Cursor   string    `json:"cursor"`     // to go on with, as the parameter after
	More     bool      `json:"more"`       // there may be more at once
}

// revoked has one of JTI and Family. A family is the beginning of the jti of each of
// its self-contained tokens; those with a record are listed by their own jti, too.
type revoked struct {
	JTI     string `json:"jti,omitempty"`
	Family  string `json:"family,omitempty"`
	Expires int64  `json:"exp"` // when it leaves the list, for the tokens have expired by then
}

func revokedOf(r store.Revocation) revoked {
	if family, ok := r.Subject.Family(); ok {
		return revoked{Family: family, Expires: r.Expires}
	}
	jti, _ := r.Subject.Token()
	return revoked{JTI: jti, Expires: r.Expires}
}

// serveDenylist answers with all revocations, or with those after a cursor. A jti is no
// credential, so that anyone may read them and any cache may keep them.
func (i *Issuer) serveDenylist(w http.ResponseWriter, r *http.Request) {
	if !reads(w, r) {
		return
	}
	f, p := readQuery(r)
	if p != nil {
		p.write(w)
		return
	}
	after, ok := i.readCursor(f.get("after"))
	list, next, err := i.store.List(r.Context(), after, listPage)
	switch {
	case !ok || errors.Is(err, store.ErrCursor):
		invalidRequest("after is not a cursor of this list, which has to be read from its beginning").write(w)
		return
	case err != nil:
		unavailable.write(w)
		return
	}
	d := denylist{i.issuer, i.listInterval, make([]revoked, len(list)), i.writeCursor(next), len(list) == listPage}
	for n, r := range list {
		d.Revoked[n] = revokedOf(r)
	}
	body, err := json.Marshal(d)
	if err != nil { // strings and numbers always have a JSON form
		panic(fmt.Errorf("encode denylist: %w", err))
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age="+strconv.FormatInt(i.listInterval, 10))
	sum := sha256.Sum256(body)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
	h.Set("ETag", tag)
	if unchanged(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"] = typeJSON
	_, _ = w.Write(body) // net/http sends no body in answer to HEAD
}

// unchanged compares the validators that the client has (RFC 9110, section 13.1.2).
func unchanged(r *http.Request, tag string) bool {
	for _, line := range r.Header.Values("If-None-Match") {
		for has := range strings.SplitSeq(line, ",") {
			if has = strings.TrimSpace(has); has == "*" || strings.TrimPrefix(has, "W/") == tag {
				return true
			}
		}
	}
	return false
}

// writeCursor shows a place in the list. A store that ends with this issuer gets a name,
// since places in the next store's list would look the same.
func (i *Issuer) writeCursor(c store.Cursor) string { return i.listName + string(c) }

// readCursor reads what writeCursor wrote; without a text it is the beginning.
func (i *Issuer) readCursor(text string) (store.Cursor, bool) {
	if text == "" {
		return "", true
	}
	c, ok := strings.CutPrefix(text, i.listName)
	return store.Cursor(c), ok && c != ""
}
