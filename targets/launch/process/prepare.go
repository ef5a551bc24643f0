package process

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/targets"
)

// staleAfter is the age at which a half-installed folder has no owner any more: no
// set-up takes so long.
const staleAfter = 24 * time.Hour

// Prepare looks for the programs that the target requires (without one, the error
// wraps [targets.ErrRuntime]), then lays out its files
// and runs its set-up, unless that was done before for the same content. Two runs
// may do it at once: each works in a folder of its own, and the first to finish
// names it.
func (l *Launcher) Prepare(ctx context.Context, t targets.Target) (targets.Prepared, error) {
	p := t.Process
	if p == nil {
		return targets.Prepared{}, fmt.Errorf("%s can't run as a process", t.Name)
	}
	for _, r := range p.Requires {
		if _, err := exec.LookPath(r.Program); err != nil {
			return targets.Prepared{}, fmt.Errorf("%w: program %s is not there: %s", targets.ErrRuntime, r.Program, r.Hint)
		}
	}
	if !needsFiles(p) {
		return targets.Prepared{}, nil
	}
	if t.Files == nil {
		return targets.Prepared{}, fmt.Errorf("%s has no files to lay out", t.Name)
	}
	files, err := collect(t.Files)
	if err != nil {
		return targets.Prepared{}, err
	}
	setup, err := json.Marshal(p.Setup)
	if err != nil {
		return targets.Prepared{}, fmt.Errorf("hash the set-up: %w", err)
	}
	final := filepath.Join(l.options.Cache, t.Name+"-"+digest(files, setup))
	if isDir(final) {
		return targets.Prepared{Dir: final}, nil
	}
	if err := l.install(ctx, p, files, final); err != nil {
		return targets.Prepared{}, err
	}
	return targets.Prepared{Dir: final}, nil
}

// needsFiles says that something of the target refers to its folder.
func needsFiles(p *targets.ProcessSpec) bool {
	const dir = "${dir}"
	mentions := func(s string) bool { return strings.Contains(s, dir) }
	if len(p.Setup) > 0 || slices.ContainsFunc(p.Command, mentions) {
		return true
	}
	for _, v := range p.Env {
		if mentions(v) {
			return true
		}
	}
	return false
}

func (l *Launcher) install(ctx context.Context, p *targets.ProcessSpec, files []file, final string) (err error) {
	if err := os.MkdirAll(l.options.Cache, 0o700); err != nil {
		return fmt.Errorf("make the cache folder: %w", err)
	}
	removeStale(final)
	work := final + ".tmp-" + suffix()
	if err := os.Mkdir(work, 0o700); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	defer os.RemoveAll(work) // not there any more when it has its name
	if err := layOut(files, work); err != nil {
		return err
	}
	values := map[string]string{"self": l.options.Self, "dir": work}
	for _, command := range p.Setup {
		argv, err := targets.ExpandAll(command, values)
		if err != nil {
			return fmt.Errorf("set-up: %w", err)
		}
		var tail targets.Tail
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Dir, cmd.Env = work, environ(os.Environ())
		cmd.Stdout, cmd.Stderr = &tail, &tail
		cmd.WaitDelay = stopGrace
		ownGroup(cmd)
		cmd.Cancel = func() error { return killGroup(cmd) }
		if err := cmd.Run(); err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return &targets.LaunchError{Service: "set-up " + strings.Join(command, " "), Err: err, Logs: tail.String()}
		}
	}
	if err := os.Rename(work, final); err != nil && !isDir(final) {
		return fmt.Errorf("install: %w", err)
	}
	return nil
}

// removeStale removes what killed runs have left of the same folder.
func removeStale(final string) {
	left, _ := filepath.Glob(final + ".tmp-*") // the pattern is well formed
	for _, dir := range left {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > staleAfter {
			os.RemoveAll(dir)
		}
	}
}

// suffix tells two runs' folders apart; it is in no record.
func suffix() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// environ is what a server inherits: everything but our own variables, which may
// hold credentials for another server.
func environ(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, "OAUTHMARK_") })
}
