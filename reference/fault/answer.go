package fault

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
)

// answer is a response in the making: it catches the issuer's, to be rewritten before
// it is sent.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

func (a *answer) ok() bool { return a.status == http.StatusOK }

func (a *answer) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	if a.status != http.StatusNoContent { // RFC 9110, section 8.6: never with that one
		w.Header().Set("Content-Length", strconv.Itoa(a.body.Len()))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // a client that has gone needs no answer
}

// members is the JSON object of the body, nil when it is none. Numbers stay as they are
// written.
func (a *answer) members() map[string]any { return object(a.body.Bytes()) }

func object(raw []byte) map[string]any {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var members map[string]any
	if dec.Decode(&members) != nil {
		return nil
	}
	return members
}

// set makes the object the body.
func (a *answer) set(members map[string]any) {
	raw, err := json.Marshal(members)
	if err != nil { // what was decoded from JSON, or is a literal here, has a JSON form
		panic(err)
	}
	a.body.Reset()
	a.body.Write(raw)
}

// edit rewrites the object that is the body; without one nothing is done.
func (a *answer) edit(change func(members map[string]any)) {
	if members := a.members(); members != nil {
		change(members)
		a.set(members)
	}
}

// refuse is an error answer in the issuer's place.
func refuse(status int, members map[string]any) *answer {
	a := &answer{status: status, header: http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}}}
	a.set(members)
	return a
}
