// Package servers starts the database servers of this machine's packages, for tests
// and measurements of the stores that need one. No server of ours imports it.
//
// In order of use: [CanPostgres] and [CanRedis] look for the programs; [Postgres] or
// [Redis] starts a server on a loopback port, set up
// as its store asks, and [Cache] a Redis that keeps nothing; its URL is where it answers; [Server.Kill] takes it down as a
// power cut would, and [Server.Start] brings it back with what it had on the disk;
// [Server.Close] ends it and removes its files. [ErrMissing] says that the machine
// has no such server.
package servers
