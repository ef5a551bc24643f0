// Package postgres is a store in a PostgreSQL server, version 13 or later.
//
// In order of use: [Open] connects to the server by its URL and makes the tables;
// the [Store] keeps records and revocations in them, for any number of processes;
// [Store.Warnings] says what the server's settings take from the promise that what
// is confirmed survives a crash; [Store.Close] ends it. While the server is down,
// every call says so; when it is back, so are the answers.
package postgres
