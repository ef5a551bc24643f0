package cost

import (
	"bufio"
	"context"
	"net"
	"net/url"
	"testing"

	"github.com/oauthmark/oauthmark/reference/store/storetest"
)

// A server that somebody gave is good for several runs, and several numbers of rows in one,
// and has nothing of them afterwards.
func TestGivenServerOnRedisAndPostgres(t *testing.T) {
	for kind, server := range map[string]*storetest.Server{"redis": storetest.Redis(t), "postgres": storetest.Postgres(t)} {
		for range 2 {
			m := newMaterial(t.Context())
			m.getenv = func(string) string { return server.URL }
			for _, rows := range []int{999, 1998} {
				// It may accept connections before it takes queries.
				f := storetest.OpenReady(t, func() (*filled, error) {
					delete(m.stores, place{kind, rows})
					return m.filled(place{kind, rows})
				})
				c, ok := f.store.(interface {
					Rows(context.Context) (int, error)
				})
				if !ok {
					continue
				}
				if n, err := c.Rows(t.Context()); err != nil || n != rows {
					t.Errorf("%s: %d rows, want %d: %v", kind, n, rows, err)
				}
			}
			closed(t, m)
		}
		if kind != "redis" {
			continue
		}
		u, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Write([]byte("DBSIZE\r\n")); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || line != ":0\r\n" {
			t.Errorf("DBSIZE says %q, %v", line, err)
		}
	}
}
