package issuer

import (
	"net/http"
	"path"
	"strconv"

	"github.com/oauthmark/oauthmark/reference/field"
)

// typeStatusList is the typ of a list's header, and with application/ the media type
// (draft-ietf-oauth-status-list, sections 5.1 and 8.2). Its other form, application/
// statuslist+cwt, isn't made here.
const typeStatusList = "statuslist+jwt"

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
	h := w.Header()
	h["Vary"] = []string{"Accept, Accept-Encoding"}
	accepted := field.Weights(r.Header["Accept"])
	if len(r.Header["Accept"]) > 0 && field.Weight(accepted, "application/"+typeStatusList, "application/*", "*/*") == 0 {
		http.Error(w, "the media type is application/"+typeStatusList, http.StatusNotAcceptable)
		return
	}
	// Section 8.4: a server that doesn't keep old lists SHOULD answer so to who asks for
	// the list of a time.
	if r.URL.Query().Has("time") {
		http.Error(w, "lists of the past are not kept", http.StatusNotImplemented)
		return
	}
	_, ok, err := i.store.Get(r.Context(), i.statusListKey(id))
	if err == nil && !ok {
		http.NotFound(w, r)
		return
	}
	var list statusListStatement
	if err == nil {
		list, err = i.statusList(r.Context(), id)
	}
	if err != nil {
		unavailable.write(w)
		return
	}
	h.Set("Content-Type", "application/"+typeStatusList)
	h.Set("Cache-Control", "public, max-age="+strconv.FormatInt(i.listInterval, 10))
	body := list.text
	// Section 8.2: the answer SHOULD be compressed where the client takes that.
	if field.Weight(field.Weights(r.Header["Accept-Encoding"]), "gzip", "*") > 0 {
		h.Set("Content-Encoding", "gzip")
		body = list.small
	}
	_, _ = w.Write(body) // net/http sends no body in answer to HEAD
}
