//go:build !linux

package procfs

import "github.com/oauthmark/oauthmark/results"

// Group can't tell on this platform.
func Group(int) (results.Usage, bool) { return results.Usage{}, false }

// Family can't tell on this platform.
func Family(int) (results.Usage, bool) { return results.Usage{}, false }

// Container can't tell on this platform.
func Container(string) (results.Usage, bool) { return results.Usage{}, false }
