package cost

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"runtime"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

const (
	calibrationTime = 50 * time.Millisecond // for each of the two loops
	calibrationWarm = 25 * time.Millisecond // before it: a heap that is still growing is slower
	hashChunk       = 64                    // hashes between two looks at the clock
	signChunk       = 4                     // signatures likewise
)

// Calibrate measures the speed of a fixed piece of work: SHA-256 of 1 KiB, and an
// ECDSA signature with P-256, in operations per millisecond. It takes about
// 150 ms. A run keeps one score from before its measurement and one
// from after it; where they differ, the machine was not the same.
//
// The clock must advance. A figure of 0 was not measured.
func Calibrate(now func() time.Time) results.Calibration {
	runtime.GC() // what came before has garbage, and a collection would be a part of the score
	c := results.Calibration{At: now()}
	block := make([]byte, 1024)
	c.SHA256PerMs = rate(now, hashChunk, func() bool {
		// Each digest goes into the next block, so that none can be dropped.
		digest := sha256.Sum256(block)
		copy(block, digest[:])
		return true
	})
	digest := sha256.Sum256([]byte("what the calibration signs"))
	scalar := sha256.Sum256([]byte("the key of the calibration, which protects nothing"))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
	if err != nil {
		return c
	}
	c.P256PerMs = rate(now, signChunk, func() bool {
		_, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
		return err == nil
	})
	return c
}

// rate returns how often do is done in a millisecond: that of the median chunk,
// because a calibration asks for the machine's speed and not for what interrupted
// it. It is 0 when do fails.
func rate(now func() time.Time, chunk int, do func() bool) float64 {
	var times []float64 // milliseconds of a chunk
	start := now()
	for last := start; last.Sub(start) < calibrationWarm+calibrationTime; {
		for range chunk {
			if !do() {
				return 0
			}
		}
		t := now()
		if last.Sub(start) >= calibrationWarm {
			times = append(times, float64(t.Sub(last))/float64(time.Millisecond))
		}
		last = t
	}
	if m := median(times); m > 0 {
		return float64(chunk) / m
	}
	return 0
}
