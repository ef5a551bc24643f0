package load

import (
	"net/http"
	"strings"
)

// answers are what a server may write to a request, legal or not. It closes the connection
// after those that only so have an end.
var answers = []struct {
	name, method, text string
	closes             bool
}{
	{name: "length", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "length 0", text: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
	{name: "chunks", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\n\r\n"},
	{name: "trailers", text: "HTTP/1.1 200 OK\r\nTrailer: A\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n"},
	{name: "until the end", text: "HTTP/1.1 200 OK\r\n\r\nhello", closes: true},
	{name: "close", text: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "HTTP/1.0", text: "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "HTTP/1.0 until the end", text: "HTTP/1.0 200 OK\r\n\r\nhello", closes: true},
	{name: "HTTP/1.0 kept", text: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "continue", text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "hints", text: strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 20) + "HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "hints without end", text: strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: <"+strings.Repeat("a", 1<<20)+">\r\n\r\n", 11), closes: true},
	{name: "only hints", text: "HTTP/1.1 103 Early Hints\r\n\r\n", closes: true},
	{name: "other protocol", text: "HTTP/1.1 101 Switching Protocols\r\n\r\n", closes: true},
	{name: "no content", text: "HTTP/1.1 204 No Content\r\n\r\n"},
	{name: "not modified, with a length", text: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"},
	{name: "head", method: http.MethodHead, text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"},
	{name: "head of chunks", method: http.MethodHead, text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
	{name: "post", method: http.MethodPost, text: "HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "redirect", text: "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "no reason", text: "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "reason of many words", text: "HTTP/1.1 599  a  b \r\nContent-Length: 5\r\n\r\nhello"},
	{name: "long header", text: "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", 100_000) + "\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "many headers", text: "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: a\r\n", 10_000) + "Content-Length: 5\r\n\r\nhello"},
	{name: "header without end", text: "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", 11<<20), closes: true},
	{name: "long body", text: "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + strings.Repeat("a", 1_000_000)},
	{name: "bare line feeds", text: "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"},
	{name: "folded header", text: "HTTP/1.1 200 OK\r\nA: a\r\n b\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "empty header", text: "HTTP/1.1 200 OK\r\nA:\r\ncontent-length:5\r\n\r\nhello"},
	{name: "the same length twice", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "two lengths", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhello", closes: true},
	{name: "negative length", text: "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", closes: true},
	{name: "signed length", text: "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", closes: true},
	{name: "length without digits", text: "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello", closes: true},
	{name: "length and chunks", text: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", closes: true},
	{name: "other coding", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", closes: true},
	{name: "compressed", text: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "short body", text: "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", closes: true},
	{name: "body with something after it", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello there", closes: true},
	{name: "chunk without length", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n0\r\n\r\n", closes: true},
	{name: "chunk that is too long", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello\r\n0\r\n\r\n", closes: true},
	{name: "chunks without end", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", closes: true},
	{name: "chunk cut short", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello", closes: true},
	{name: "nothing", closes: true},
	{name: "half a status", text: "HTTP/1.1 20", closes: true},
	{name: "half a header", text: "HTTP/1.1 200 OK\r\nContent-Le", closes: true},
	{name: "empty line first", text: "\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "no HTTP", text: "SSH-2.0-OpenSSH_9.9\r\n", closes: true},
	{name: "no status", text: "HTTP/1.1 OK\r\n\r\n", closes: true},
	{name: "status of two digits", text: "HTTP/1.1 20 OK\r\n\r\n", closes: true},
	{name: "status of four digits", text: "HTTP/1.1 2000 OK\r\n\r\n", closes: true},
	{name: "negative status", text: "HTTP/1.1 -20 OK\r\n\r\n", closes: true},
	{name: "status 000", text: "HTTP/1.1 000 OK\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "other version", text: "HTTP/3.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "no version", text: "HTTP/x 200 OK\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "header without colon", text: "HTTP/1.1 200 OK\r\nA\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "header without name", text: "HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "space before the colon", text: "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello", closes: true},
	{name: "header with a NUL", text: "HTTP/1.1 200 OK\r\nA: \x00\r\nContent-Length: 5\r\n\r\nhello", closes: true},
}
