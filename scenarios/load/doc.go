// Package load puts HTTP load on a protected resource at a planned rate and judges
// every answer.
//
// In order of use: [Obtain] gets tokens from the target before the step; a
// [Schedule] fixes when each request is due; [Drive] sends them through vegeta and
// hands each answer to the oracle; the step compares the generator's health with
// its limits and says whether the figures can be trusted.
//
// Latency is measured from the schedule, not from the send. A server that stalls
// delays the requests behind the one that it stalls on; a generator that waits for
// an answer before it starts the next clock never sees that (coordinated omission).
//
// This is the only package that imports vegeta, whose Target is one HTTP request.
package load
