package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A service's secrets are in a folder of its own, whose name tells which process
// has to remove it: oauthmark-PID-RANDOM.
const privatePrefix = "oauthmark-"

// youngest is the age below which a folder is left alone: a process of another
// container may use the same folder for temporary files, and can't be seen here.
// No service starts as slowly as that.
const youngest = 10 * time.Minute

// makePrivate makes the folder, for this user only.
func makePrivate() (string, error) {
	return os.MkdirTemp("", fmt.Sprintf("%s%d-", privatePrefix, os.Getpid()))
}

// sweepPrivate removes the folders that killed processes have left. What can't be
// removed is somebody else's.
func sweepPrivate(temp string, now time.Time, alive func(pid int) bool) {
	left, _ := filepath.Glob(filepath.Join(temp, privatePrefix+"[0-9]*-*")) // the pattern is well formed
	for _, dir := range left {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), privatePrefix), "-")
		pid, err := strconv.Atoi(number)
		if err != nil || alive(pid) {
			continue
		}
		if info, err := os.Lstat(dir); err == nil && info.IsDir() && now.Sub(info.ModTime()) > youngest {
			os.RemoveAll(dir)
		}
	}
}
