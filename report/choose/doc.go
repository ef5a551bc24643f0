// Package choose sets strategies side by side by what people choose them by: how long a
// request waits, how stale an answer may be, what it asks of the issuer, and what it costs
// the servers.
//
// [Candidates] collects these figures from a record, each with its interval, or with the
// reason why there is none. [Within] holds them against bounds, and [Frontier] finds those
// that no other one beats. What wasn't measured is unknown: it neither meets a bound nor
// misses it, and has no place on the frontier.
package choose
