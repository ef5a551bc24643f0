package issuer

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strconv"

	"github.com/oauthmark/oauthmark/reference/store"
)

// typeStatusList is the typ of a list's header, and with application/ the media type
// (draft-ietf-oauth-status-list, sections 5.1 and 8.2).
const typeStatusList = "statuslist+jwt"

// statusListStatement is a list as it was published.
type statusListStatement struct {
	text  string
	set   int   // number of bits that are set
	until int64 // when it is signed anew, in seconds since 1970
}

// serveStatusList answers with a status list as a signed JWT. Anyone may read it: it
// tells of each index whether the token was revoked, and nothing of tokens.
func (i *Issuer) serveStatusList(w http.ResponseWriter, r *http.Request) {
	if !reads(w, r) {
		return
	}
	id, ok := parseStatusListID(path.Base(r.URL.Path))
	if !ok {
		http.NotFound(w, r)
		return
	}
	_, ok, err := i.store.Get(r.Context(), i.statusListKey(id))
	if err == nil && !ok {
		http.NotFound(w, r)
		return
	}
	var text string
	if err == nil {
		text, err = i.statusList(r.Context(), id)
	}
	if err != nil {
		unavailable.write(w)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/"+typeStatusList)
	h.Set("Cache-Control", "public, max-age="+strconv.FormatInt(i.listInterval, 10))
	_, _ = w.Write([]byte(text)) // net/http sends no body in answer to HEAD
}

// statusList returns the list as it is now. It is signed when it has changed, and
// when the last one has become old.
func (i *Issuer) statusList(ctx context.Context, id statusListID) (string, error) {
	l := i.lists
	l.reading.Lock()
	defer l.reading.Unlock()
	if err := l.readRevocations(ctx, i.store); err != nil {
		return "", err
	}
	now := i.now().Unix()
	if s := l.signed[id]; s.text != "" && s.set == len(l.revoked[id]) && now < s.until {
		return s.text, nil
	}
	compressed, err := compressStatus(l.revoked[id])
	if err != nil {
		return "", err
	}
	// Section 5.1: sub is the uri of the claim, and ttl, in seconds, how long a reader
	// may keep it. A copy that the signer kept until then is good for as long again.
	payload, err := json.Marshal(statusListClaims{
		Subject: l.uri(id), IssuedAt: now, Expires: now + 2*i.listInterval, TTL: i.listInterval,
		List: statusListMember{Bits: 1, List: compressed},
	})
	if err != nil {
		return "", fmt.Errorf("encode status list: %w", err)
	}
	text, err := i.signer.SignStatement(typeStatusList, payload)
	if err != nil {
		return "", err
	}
	l.signed[id] = statusListStatement{text, len(l.revoked[id]), now + i.listInterval}
	return text, nil
}

type statusListClaims struct {
	Subject  string           `json:"sub"`
	IssuedAt int64            `json:"iat"`
	Expires  int64            `json:"exp"`
	TTL      int64            `json:"ttl"` // in seconds
	List     statusListMember `json:"status_list"`
}

type statusListMember struct {
	Bits int    `json:"bits"` // of each token
	List string `json:"lst"`
}

// readRevocations sets the bits of what was revoked since it was called last. A bit
// stays set when its token has expired.
func (l *statusLists) readRevocations(ctx context.Context, from store.Revocations) error {
	for {
		list, next, err := from.List(ctx, l.read, listPage)
		if err != nil {
			return fmt.Errorf("read revocations for status lists: %w", err)
		}
		for _, r := range list {
			place, ok := statusIndexOf(r.Subject)
			if !ok {
				continue
			}
			if l.revoked[place.list] == nil {
				l.revoked[place.list] = map[int]struct{}{}
			}
			l.revoked[place.list][place.idx] = struct{}{}
		}
		l.read = next
		if len(list) < listPage {
			return nil
		}
	}
}

// compressStatus makes the lst of a list of 1 bit for each token.
//
// draft-ietf-oauth-status-list, section 4.1: index 0 is the least significant bit of
// the first byte; the bytes are compressed with DEFLATE in the ZLIB format, and
// base64url-encoded. A set bit is INVALID (section 7.1).
func compressStatus(set map[int]struct{}) (string, error) {
	bits := make([]byte, statusListSize/8)
	for idx := range set {
		bits[idx/8] |= 1 << (idx % 8)
	}
	var out bytes.Buffer
	w, err := zlib.NewWriterLevel(&out, zlib.BestCompression)
	if err != nil {
		return "", fmt.Errorf("compress status list: %w", err)
	}
	if _, err := w.Write(bits); err != nil {
		return "", fmt.Errorf("compress status list: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("compress status list: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(out.Bytes()), nil
}
