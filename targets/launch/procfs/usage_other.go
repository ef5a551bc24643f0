//go:build !linux

package procfs

import "github.com/oauthmark/oauthmark/results"

// Group can't tell on this platform.
func Group(int) (results.Usage, bool) { return results.Usage{}, false }

// Tree can't tell on this platform.
func Tree(int) (results.Usage, bool) { return results.Usage{}, false }

// Container can't tell on this platform.
func Container(string) (results.Usage, bool) { return results.Usage{}, false }
