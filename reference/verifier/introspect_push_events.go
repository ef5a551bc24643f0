package verifier

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/exactjson"
)

// maxEvent is the size of the longest line of an event stream, in bytes.
const maxEvent = 16 << 10

// eventLine is a line of a stream or, at the empty one that ends it, an event.
type eventLine struct {
	event, id string
	data      []byte // nil without an event
	retry     time.Duration
}

// readEvents calls take for each line, also for comments, which keep the stream alive. It
// returns at the end of the stream or with the first error.
//
// HTML Living Standard, section 9.2.6: a field is a name, a colon and a value that
// may begin with a space; data of several lines are joined; the event is dispatched at
// an empty line, and not at the end of the stream.
func readEvents(r io.Reader, take func(eventLine) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), maxEvent)
	var next eventLine
	size := 0
	for lines.Scan() {
		line := lines.Bytes()
		if len(line) == 0 {
			if err := take(next); err != nil {
				return err
			}
			next, size = eventLine{}, 0
			continue
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		var heard eventLine
		switch string(name) {
		case "event":
			next.event = string(value)
		case "data":
			if size += len(value) + 1; size > maxEvent {
				return fmt.Errorf("read events: %w", errEvent)
			}
			if next.data != nil {
				next.data = append(next.data, '\n')
			}
			next.data = append(append([]byte{}, next.data...), value...)
		case "id":
			// Section 9.2.6: one with a NULL is ignored; none but printable ones can be sent back.
			if !strings.ContainsFunc(string(value), func(r rune) bool { return r < ' ' || r > '~' }) {
				next.id = string(value)
			}
		case "retry":
			if ms, err := strconv.ParseUint(string(value), 10, 31); err == nil {
				heard.retry = time.Duration(ms) * time.Millisecond
			}
		}
		if err := take(heard); err != nil {
			return err
		}
	}
	return lines.Err()
}

// parseRevoked reads what an event says. It names a token or a family, or it isn't
// understood.
func parseRevoked(data []byte) (revocationEvent, error) {
	var r revocationEvent
	if exactjson.Unmarshal(data, &r) != nil || (r.JTI == "") == (r.Family == "") {
		return revocationEvent{}, errEvent // the decoder's words may quote it
	}
	return r, nil
}
