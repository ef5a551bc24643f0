// Package redis is a store in a Redis server, version 5 or later.
//
// In order of use: [Open] connects to the server by its URL; the [Store] keeps
// records and revocations in it, for any number of processes; [Store.Warnings] says
// what the server's settings take from the promise that what is confirmed survives a
// crash, for that is the server's to set; [Store.Close] ends it. While the server is
// down, every call says so; when it is back, so are the answers.
package redis
