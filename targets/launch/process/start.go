package process

import (
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// drain is how long output is still read after its process has ended. Only a child
// that left the group can hold the pipe open for longer.
const drain = time.Second

// start starts the command and watches it until it ends; then it ends what is left
// of its group and closes done.
func (r *running) start(cmd *exec.Cmd) error {
	stdin, err := cmd.StdinPipe() // stays open, and ends when this program does
	if err != nil {
		return err
	}
	out, in, err := os.Pipe()
	if err != nil {
		stdin.Close()
		return err
	}
	cmd.Stdout, cmd.Stderr = in, in
	started := make(chan error)
	go func() {
		// The kernel kills the child when the thread that started it ends, so that
		// thread waits for it and is given to nobody else.
		runtime.LockOSThread()
		err := cmd.Start()
		in.Close() // the child has its own
		started <- err
		if err != nil {
			out.Close()
			stdin.Close()
			return
		}
		r.watch(cmd, out)
		close(r.done)
	}()
	if err := <-started; err != nil {
		return err
	}
	r.cmd = cmd
	return nil
}

func (r *running) watch(cmd *exec.Cmd, out *os.File) {
	defer out.Close()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(&r.tail, out)
	}()
	r.err = cmd.Wait() // closes standard input too
	// Right after the leader, before its number can be somebody else's.
	_ = killGroup(cmd)
	limit := time.NewTimer(drain)
	defer limit.Stop()
	select {
	case <-drained:
	case <-limit.C:
	}
}
