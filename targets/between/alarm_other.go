//go:build !linux

package between

func newAlarm() alarm { return newBell() }
