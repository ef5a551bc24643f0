package issuer

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// The statuses of an identifier, in the words of OCSP (RFC 6960, section 2.2). As there,
// good means only that it isn't revoked. Whether such a token was issued, and hasn't
// expired, is for the verifier of the token. A revoked one is good again once expired.
const (
	statusGood    = "good"
	statusRevoked = "revoked"
	statusUnknown = "unknown" // no identifier of this issuer looks so
)

// serveStatus says whether the token with a jti was revoked: for a resource server
// that verifies by itself, and doesn't want to send tokens around.
func (i *Issuer) serveStatus(w http.ResponseWriter, r *http.Request) {
	f, p := readForm(w, r)
	if p != nil {
		p.write(w)
		return
	}
	if _, p := i.authenticateConfidential(r, f); p != nil {
		p.write(w)
		return
	}
	jti := f.get("jti")
	if jti == "" {
		invalidRequest("jti is missing").write(w)
		return
	}
	status := statusUnknown
	if identifier(jti) {
		status = statusGood
		ended, err := i.ended(r.Context(), &token.Claims{ID: jti})
		if err != nil {
			unavailable.write(w)
			return
		}
		if ended {
			status = statusRevoked
		}
	}
	b := token.AppendString([]byte(`{"jti":`), jti)
	b = append(append(b, `,"status":"`...), status...)
	b = strconv.AppendInt(append(b, `","produced_at":`...), i.now().Unix(), 10)
	secretAnswer(w.Header())
	_, _ = w.Write(append(b, '}'))
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// identifier reports whether it looks like a jti of this issuer: one, one that a
// family's leads, or a UUID.
func identifier(s string) bool {
	if len(s) == token.UUIDLength {
		return uuid.MatchString(s)
	}
	if len(s) != token.IDLength && len(s) != 2*token.IDLength {
		return false
	}
	for ; s != ""; s = s[token.IDLength:] {
		if _, err := base64.RawURLEncoding.DecodeString(s[:token.IDLength]); err != nil {
			return false
		}
	}
	return true
}

// joinFamily lists a self-contained token whose family ended while it was made, and so
// after the store listed the others. A token whose jti begins with its family needs no
// entry of its own.
func (i *Issuer) joinFamily(ctx context.Context, r *store.Record) error {
	if r.Kind != kindHybrid || r.Family == r.Claims.Family() {
		return nil
	}
	ended, err := i.store.Revoked(ctx, store.FamilySubject(r.Family))
	if err == nil && ended {
		err = i.endToken(ctx, r.Claims)
	}
	if err != nil {
		return fmt.Errorf("join family: %w", err)
	}
	return nil
}
