package between

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
)

const refusal = `{"error":"server_error"}`

// refuse answers the HTTP request that begins with these bytes. It returns what came
// behind it, and whether that was HTTP.
func (l *link) refuse(first []byte, now *state) (rest []byte, ok bool) {
	r := bufio.NewReader(io.MultiReader(bytes.NewReader(first), l.client))
	request, err := http.ReadRequest(r)
	if err != nil {
		return nil, false
	}
	if _, err := io.Copy(io.Discard, request.Body); err != nil {
		return nil, false
	}
	last := ""
	if request.Close {
		last = "Connection: close\r\n"
	}
	answer := fmt.Sprintf("HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s", len(refusal), last, refusal)
	if !l.from.send([]byte(answer), now.Delay) {
		return nil, false
	}
	if request.Close {
		l.from.finish()
	}
	rest, _ = r.Peek(r.Buffered()) // so many are there
	return bytes.Clone(rest), true
}
