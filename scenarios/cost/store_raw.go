package cost

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/token"
)

// rawStore is what no store of its kind does without, on a row's bytes: a map in
// memory; a file in the same folder; a round trip on loopback, and a file where the
// server is asked to confirm what is on the disk.
type rawStore struct {
	bytes    int // of a row
	once     func(write bool) error
	produced func(write bool) error
}

func (r *rawStore) put() work {
	return &pass{what: "write row", size: r.bytes, once: func() error { return r.once(true) }, check: func() error { return r.produced(true) }}
}

func (r *rawStore) get() work {
	return &pass{what: "read row", size: token.OpaqueLength, once: func() error { return r.once(false) }, check: func() error { return r.produced(false) }}
}

// rawStores are those of the forms at rest, whose rows aren't of the same length.
func (m *material) rawStores(f *filled) ([]*rawStore, error) {
	var index *rawStore // one for all: it has no bytes of a row but the key
	if f.kind == issuer.StoreMemory {
		index = rawMap(f.rows)
	}
	all := make([]*rawStore, len(f.forms))
	for i, form := range f.forms {
		k, record, err := rowOf(form, 0, time.Now().Add(expires).Unix())
		if err != nil {
			return nil, err
		}
		encoded, err := record.Encode()
		if err != nil {
			return nil, err
		}
		row := append([]byte(k), encoded...)
		switch f.kind {
		case issuer.StoreMemory:
			all[i] = &rawStore{len(row), index.once, index.produced}
		case issuer.StoreSQLite:
			all[i], err = m.rawFile(f.folder, row)
		default:
			all[i], err = m.rawServer(row, len(k), len(f.settings()) == 0)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// rawMap is a map of as many rows, by keys as long as a digest. All of them are asked
// for, as they are of the store: those that the processor's caches hold are quicker.
func rawMap(rows int) *rawStore {
	index := make(map[[sha256.Size]byte]int, rows)
	keys := make([][sha256.Size]byte, rows)
	for n := range keys {
		copy(keys[n][:], numbered(n, sha256.Size))
		index[keys[n]] = n
	}
	at, found := 0, -1
	return &rawStore{0,
		func(write bool) error {
			at = (at + 1) % len(keys)
			if write {
				index[keys[at]] = at
				return nil
			}
			found = index[keys[at]]
			return nil
		},
		func(write bool) error {
			if !write && found != at || index[keys[at]] != at || len(index) != rows {
				return errors.New("the map has other rows")
			}
			return nil
		}}
}

// rawFileBytes is the size of a file that rows are written to.
const rawFileBytes = 1 << 20

// rawFile writes a row and has it on the disk, or reads one from the file. The file is
// as long as it will be before anything is timed, as the journals of databases are: to
// make one longer takes the disk more than the row does.
func (m *material) rawFile(folder string, row []byte) (*rawStore, error) {
	file, err := os.CreateTemp(folder, "limit-")
	if err != nil {
		return nil, fmt.Errorf("make file beside the store: %w", err)
	}
	m.closers = append(m.closers, file.Close)
	whole := make([]byte, rawFileBytes)
	copy(whole, row)
	if _, err := file.WriteAt(whole, 0); err != nil {
		return nil, fmt.Errorf("fill file beside the store: %w", err)
	}
	if err := file.Sync(); err != nil {
		return nil, fmt.Errorf("fill file beside the store: %w", err)
	}
	got, at := make([]byte, len(row)), int64(0)
	return &rawStore{len(row),
		func(write bool) error {
			if !write {
				_, err := file.ReadAt(got, 0)
				return err
			}
			if at += int64(len(row)); at+int64(len(row)) > rawFileBytes {
				at = 0
			}
			if _, err := file.WriteAt(row, at); err != nil {
				return err
			}
			return file.Sync()
		},
		func(write bool) error {
			from := int64(0)
			if write {
				from = at
			}
			if _, err := file.ReadAt(got, from); err != nil || string(got) != string(row) {
				return errors.New("the file has another row")
			}
			return nil
		}}, nil
}

// rawServer exchanges a row for a key, or a key for a row, over loopback.
func (m *material) rawServer(row []byte, keyBytes int, durable bool) (*rawStore, error) {
	folder, err := os.MkdirTemp("", "oauthmark-cost-")
	if err != nil {
		return nil, notRun{reason: "there is no temporary folder for a file"}
	}
	m.closers = append(m.closers, func() error { return os.RemoveAll(folder) })
	disk, err := m.rawFile(folder, row)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, notRun{reason: "there is no loopback port to listen on"}
	}
	key := row[:keyBytes]
	go answer(listener, row, key, func() error {
		if durable {
			return disk.once(true)
		}
		return nil
	})
	m.closers = append(m.closers, listener.Close)
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return nil, fmt.Errorf("connect over loopback: %w", err)
	}
	m.closers = append(m.closers, conn.Close)
	got := make([]byte, len(row))
	exchange := func(send, want []byte) error {
		if _, err := conn.Write(send); err != nil {
			return err
		}
		_, err := io.ReadFull(conn, got[:len(want)])
		return err
	}
	return &rawStore{len(row),
		func(write bool) error {
			if write {
				return exchange(row, key)
			}
			return exchange(key, row)
		},
		func(write bool) error {
			want := row
			if write {
				want = key
			}
			if string(got[:len(want)]) != string(want) {
				return errors.New("another answer")
			}
			return nil
		}}, nil
}

// answer serves one connection: what is as long as a key is answered by the row, and
// a row by the key once it is kept.
func answer(listener net.Listener, row, key []byte, keep func() error) {
	conn, err := listener.Accept()
	if err != nil {
		return
	}
	defer conn.Close()
	buffer := make([]byte, len(row))
	for {
		n, err := io.ReadAtLeast(conn, buffer, len(key))
		if err != nil {
			return
		}
		reply := row
		if n > len(key) {
			if _, err := io.ReadFull(conn, buffer[n:]); err != nil {
				return
			}
			if keep() != nil {
				return
			}
			reply = key
		}
		if _, err := conn.Write(reply); err != nil {
			return
		}
	}
}
