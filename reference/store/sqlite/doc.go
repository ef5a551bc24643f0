// Package sqlite is a durable store in a file, without a server.
//
// In order of use: [Open] opens or makes the file; the [Store] keeps records and
// revocations in it; [Store.Close] ends it. What it confirms is on the disk: the
// journal is a write-ahead log and is synchronized at each commit. Writes that wait
// at the same time share a commit, for it is the synchronization that takes time.
package sqlite
