// Package load puts HTTP load on a server at a planned rate and judges every answer.
//
// In order of use: a workload lists its cells, what there is to measure on a target;
// for a step of one it makes the [Traffic], the requests that may be sent with the
// answer that is right for each, and the [Event]s that change what is right meanwhile; a
// [Schedule] fixes when each request is due; [Drive] sends them through vegeta and hands
// each answer to the oracle; [Judge] compares the generator's health with its limits and
// says whether the figures can be trusted. A load scenario is a file with a workload, and
// its line in list.go. Only capacity is none of these: it looks for its rate, by many short
// loads and a few longer ones.
//
// What a protected resource gets is a [Mix] of outcomes: good tokens, and those that are
// expired, revoked, made up, or wrong in another way. What the requests of each outcome got
// is recorded apart. Package fault has resource servers with a defect, each of which a
// scenario here must catch.
//
// Latency is measured from the schedule, not from the send. A server that stalls
// delays the requests behind the one that it stalls on; a generator that waits for
// an answer before it starts the next clock never sees that (coordinated omission).
//
// This is the only package that imports vegeta, whose Target is one HTTP request.
package load
