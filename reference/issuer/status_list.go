package issuer

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/oauthmark/oauthmark/reference/store"
)

// listLives is how long a list is good, in intervals in which it is signed anew.
const listLives = 2

// statusListStatement is a list as it was published.
type statusListStatement struct {
	text  []byte
	small []byte // the same, compressed with gzip
	set   int    // number of bits that are set
	until int64  // when it is signed anew, in seconds since 1970
}

// statusList returns the list as it is now. It is signed when it has changed, and
// when the last one has become old.
func (i *Issuer) statusList(ctx context.Context, id statusListID) (statusListStatement, error) {
	l := i.lists
	l.reading.Lock()
	defer l.reading.Unlock()
	if err := l.readRevocations(ctx, i.store); err != nil {
		return statusListStatement{}, err
	}
	now := i.now().Unix()
	held := l.hold(id)
	if s := held.signed; s.text != nil && s.set == len(held.set) && now < s.until {
		return s, nil
	}
	l.forget(now)
	held = l.hold(id)
	compressed, err := compressStatus(statusListSize, held.set)
	if err != nil {
		return statusListStatement{}, err
	}
	// Section 5.1: sub is the uri of the claim, and ttl, in seconds, how long a reader
	// may keep it. A copy that the signer kept until then is good for as long again.
	payload, err := json.Marshal(statusListClaims{
		Subject: l.uri(id), IssuedAt: now, Expires: now + listLives*i.listInterval, TTL: i.listInterval,
		List: statusListMember{Bits: 1, List: compressed},
	})
	if err != nil {
		return statusListStatement{}, fmt.Errorf("encode status list: %w", err)
	}
	text, err := i.signer.SignStatement(typeStatusList, "", payload)
	if err != nil {
		return statusListStatement{}, err
	}
	small, err := gzipped(text)
	if err != nil {
		return statusListStatement{}, err
	}
	held.signed = statusListStatement{[]byte(text), small, len(held.set), now + i.listInterval}
	return held.signed, nil
}

// hold returns what is in mind of a list.
func (l *statusLists) hold(id statusListID) *statusBits {
	if l.held[id] == nil {
		l.held[id] = &statusBits{set: map[int]struct{}{}}
	}
	return l.held[id]
}

// forget removes lists that weren't asked for lately and whose revoked tokens have all
// expired. Those of another issuer on the same store are never asked for.
func (l *statusLists) forget(now int64) {
	maps.DeleteFunc(l.held, func(_ statusListID, b *statusBits) bool { return now >= b.until && now >= b.signed.until })
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
// may stay set when its token has expired.
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
			b := l.hold(place.list)
			b.set[place.idx] = struct{}{}
			b.until = max(b.until, r.Expires)
		}
		l.read = next
		if len(list) < listPage {
			return nil
		}
	}
}

// compressStatus makes the lst of a list of 1 bit for each of so many tokens.
//
// draft-ietf-oauth-status-list, section 4.1: index 0 is the least significant bit of
// the first byte; the bytes are compressed with DEFLATE in the ZLIB format, and
// base64url-encoded. A set bit is INVALID (section 7.1).
func compressStatus(size int, set map[int]struct{}) (string, error) {
	bits := make([]byte, size/8)
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

// gzipped compresses a list for transport: base64url shrinks by a quarter.
func gzipped(text string) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("compress status list: %w", err)
	}
	return out.Bytes(), nil
}
