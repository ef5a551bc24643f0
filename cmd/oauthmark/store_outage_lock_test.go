//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// envLock holds the file whose locks this process is to hold.
const envLock = "OAUTHMARK_TEST_LOCK"

// lock holds the locks of SQLite's shared memory in a process of its own, for those
// of one process don't meet. With them, nobody else can read or write.
type lock struct {
	path    string
	process *exec.Cmd
	in      io.Closer
}

func (l *lock) hold(t testing.TB) {
	l.process = exec.Command(os.Args[0], "-test.run=^TestHoldLock$")
	l.process.Env = append(os.Environ(), envLock+"="+l.path)
	in, errIn := l.process.StdinPipe()
	out, errOut := l.process.StdoutPipe()
	if errIn != nil || errOut != nil {
		t.Fatal(errIn, errOut)
	}
	if l.in = in; l.process.Start() != nil {
		l.process = nil
		t.Fatal("the other process doesn't start")
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the other process doesn't get the lock: %v", err)
	}
}

func (l *lock) release() {
	if l.process != nil {
		_ = l.in.Close()
		_ = l.process.Wait()
		l.process = nil
	}
}

// TestHoldLock is the other process: it ends with its input.
func TestHoldLock(t *testing.T) {
	path := os.Getenv(envLock)
	if path == "" {
		t.Skip("this is for TestStoreOutage")
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	// Those of the write-ahead log begin at byte 120: one to write, one to checkpoint,
	// one to recover, five to read, as SQLite's description of its WAL mode says.
	all := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: 120, Len: 8}
	if err := syscall.FcntlFlock(f.Fd(), syscall.F_SETLKW, &all); err != nil {
		t.Fatal(err)
	}
	os.Stdout.WriteString("locked\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
}
