package cost

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/results"
)

// claimCounts are how many claims a token says: no more than it has to, some, and as
// many as a product puts in when nobody chooses.
var claimCounts = []int{8, 64, 256}

// sizeOperations are size/WHAT/FORM/claims-N, in bytes: of the token, of the request
// header that carries it, and of its record in a store. Nothing of them is timed.
func sizeOperations() []operation {
	var all []operation
	for _, what := range []string{"header", "record", "token"} {
		for _, a := range append(algorithms(), algorithm{name: opaqueForm}) {
			for _, n := range claimCounts {
				all = append(all, operation{name: fmt.Sprintf("size/%s/%s/claims-%d", what, a, n), prepare: sizing(what, a, n)})
			}
		}
	}
	return all
}

// opaqueForm stands in the place of an algorithm for tokens that none signs.
const opaqueForm = keys.Algorithm(token.OpaqueForm)

func sizing(what string, a algorithm, members int) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		c := countedClaims(members)
		text, err := m.opaque(0), error(nil)
		if a.name != opaqueForm {
			text, err = m.token(a, c)
		}
		if err != nil {
			return nil, nil, err
		}
		count := &tally{}
		switch what {
		case "token":
			count.bytes = len(text)
		case "header":
			count.bytes = len(authorization) + len(text)
			count.warnings = headerWarnings(count.bytes)
		case "record":
			count.bytes, err = recordSize(text, c)
		}
		return count, nil, err
	}
}

// authorization is what stands before the token (RFC 6750, section 2.1).
const authorization = "Authorization: Bearer "

// recordSize is the bytes of the most that is kept of a token: the key, the claims and
// an encrypted copy.
func recordSize(text string, c *token.Claims) (int, error) {
	var key [store.AESKeySize]byte
	form, err := store.EncryptedAES(key, rand.Reader)
	if err != nil {
		return 0, err
	}
	k, r, ok, err := store.Persistence{Keep: store.KeepToken, AtRest: form}.Row(text, text, store.Record{Claims: *c, Kind: store.Access})
	if err != nil || !ok {
		return 0, errors.Join(err, errors.New("make record: nothing is kept"))
	}
	b, err := r.Encode()
	return len(k) + len(b), err
}

// headerLimits are sizes that servers set by default to what a request's header may
// have, from the least: the largest that is passed is told.
var headerLimits = []struct {
	bytes int
	text  string
}{
	{4 << 10, "4 kB, the size of a page, which small buffers have"},
	// A line of it: nginx's large_client_header_buffers and Apache's
	// LimitRequestFieldSize, 8190. All of it: Tomcat's maxHttpHeaderSize.
	{8190, "8 kB: by default nginx and Apache httpd refuse a header line of more, and Tomcat headers of more in all"},
	// All of it: Node.js's --max-http-header-size.
	{16 << 10, "16 kB: by default Node.js refuses headers of more in all, and those that refuse more than 8 kB do so, too"},
}

func headerWarnings(bytes int) []results.Warning {
	for i := len(headerLimits) - 1; i >= 0; i-- {
		if l := headerLimits[i]; bytes > l.bytes {
			return []results.Warning{{Code: "header-large", Text: fmt.Sprintf("the header line has %d bytes, more than %s", bytes, l.text)}}
		}
	}
	return nil
}

// tally is work that is counted and not timed.
type tally struct {
	bytes    int
	warnings []results.Warning
}

func (*tally) Do(int) error                  { return nil }
func (*tally) Check() error                  { return nil }
func (w *tally) Size() int                   { return w.bytes }
func (*tally) Counted()                      {}
func (w *tally) Warnings() []results.Warning { return w.warnings }
