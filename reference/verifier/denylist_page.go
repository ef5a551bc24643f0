package verifier

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/oauthmark/oauthmark/reference/exactjson"
)

const (
	maxDenylistPage = 8 << 20        // bytes of one document
	maxListInterval = 24 * time.Hour // that an issuer may state
)

// denylistPage is a document of the list.
type denylistPage struct {
	Issuer   string `json:"iss"`
	Interval int64  `json:"interval_s"`
	Revoked  []struct {
		JTI     string `json:"jti"`
		Family  string `json:"family"`
		Expires int64  `json:"exp"`
	} `json:"revoked"`
	Cursor string `json:"cursor"`
	More   bool   `json:"more"`
}

// page fetches one document; nil when nothing is new. The list isn't signed, so that it is
// only as good as the connection.
func (l *denylist) page(ctx context.Context, at denylistState) (*denylistPage, string, error) {
	u, err := url.Parse(l.uri)
	if err != nil {
		return nil, "", errors.New("the address can't be used")
	}
	header := asItIs(mediaJSON)
	if at.cursor != "" {
		query := u.Query()
		query.Set("after", at.cursor)
		u.RawQuery = query.Encode()
	}
	if at.tag != "" {
		header.Set("If-None-Match", at.tag)
	}
	r, err := l.upstream.get(ctx, u.String(), header, maxDenylistPage, l.fetches)
	switch {
	case err != nil:
		return nil, "", err
	case r.status == http.StatusNotModified && at.tag != "":
		return nil, "", nil
	case r.status == http.StatusBadRequest && at.cursor != "":
		return nil, "", errCursor
	}
	if err := r.is(mediaJSON); err != nil {
		return nil, "", err
	}
	page, err := parseDenylistPage(r.body, l.issuer)
	return page, r.header.Get("ETag"), err
}

// parseDenylistPage reads a document of that issuer's list.
func parseDenylistPage(data []byte, issuer string) (*denylistPage, error) {
	var page denylistPage
	if exactjson.Unmarshal(data, &page) != nil || page.Revoked == nil {
		return nil, errors.New("the issuer's answer is not a list of revocations")
	}
	if page.Issuer != issuer {
		return nil, errors.New("the list is of another issuer")
	}
	if page.Interval < 1 || page.Interval > int64(maxListInterval/time.Second) {
		return nil, fmt.Errorf("the list's interval is not between 1 s and %s", maxListInterval)
	}
	for _, r := range page.Revoked {
		if (r.JTI == "") == (r.Family == "") {
			return nil, errors.New("the issuer's list has a revocation of neither one token nor one family")
		}
	}
	return &page, nil
}
