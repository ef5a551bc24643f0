package verifier

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"
)

func deflated(t testing.TB, octets io.Reader) string {
	t.Helper()
	var out bytes.Buffer
	w, err := zlib.NewWriterLevel(&out, zlib.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, octets); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(out.Bytes())
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// The bits of each size are where the draft says, from the least significant on.
func TestStatusListBits(t *testing.T) {
	t.Parallel()
	octets := []byte{0b1011_1001, 0b1010_0011}
	for bits, want := range map[int][]byte{
		1: {1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1},
		2: {1, 2, 3, 2, 3, 0, 2, 2},
		4: {9, 11, 3, 10},
		8: {0b1011_1001, 0b1010_0011},
	} {
		l := statusList{bits: bits, octets: octets}
		for i, status := range want {
			if got, err := l.status(int64(i)); err != nil || got != status {
				t.Errorf("%d bits, index %d: %d, %v, want %d", bits, i, got, err, status)
			}
		}
		for _, index := range []int64{-1, int64(len(want)), 1 << 62} {
			if _, err := l.status(index); !errors.Is(err, errStatusIndex) {
				t.Errorf("%d bits, index %d: %v", bits, index, err)
			}
		}
	}
}

func TestParseStatusList(t *testing.T) {
	t.Parallel()
	now := newClock().now()
	s := now.Unix()
	const uri = "https://issuer.example/lists/1"
	two := deflated(t, bytes.NewReader([]byte{1, 2}))
	payload := func(sub, times, bits, lst string) string {
		return fmt.Sprintf(`{"sub":%q,%s,"status_list":{"bits":%s,"lst":%q}}`, sub, times, bits, lst)
	}
	iat := fmt.Sprintf(`"iat":%d`, s)
	for name, test := range map[string]struct {
		text string
		ttl  time.Duration // 0 when it must be refused
	}{
		"plain":            {payload(uri, iat, "1", two), defaultStatusTTL},
		"ttl":              {payload(uri, iat+`,"ttl":30`, "2", two), 30 * time.Second},
		"fraction":         {payload(uri, iat+`,"ttl":0.5`, "4", two), time.Second / 2},
		"long ttl":         {payload(uri, iat+`,"ttl":1e300`, "8", two), maxStatusTTL},
		"exp":              {payload(uri, fmt.Sprintf(`%s,"exp":%d`, iat, s+1), "1", two), defaultStatusTTL},
		"empty":            {payload(uri, iat, "1", deflated(t, bytes.NewReader(nil))), defaultStatusTTL},
		"longest":          {payload(uri, iat, "1", deflated(t, io.LimitReader(zeros{}, maxStatusList))), defaultStatusTTL},
		"bomb":             {payload(uri, iat, "1", deflated(t, io.LimitReader(zeros{}, maxStatusList+1))), 0},
		"another sub":      {payload(uri+"0", iat, "1", two), 0},
		"no iat":           {payload(uri, `"x":1`, "1", two), 0},
		"iat in future":    {payload(uri, fmt.Sprintf(`"iat":%d`, s+60), "1", two), 0},
		"expired":          {payload(uri, fmt.Sprintf(`%s,"exp":%d`, iat, s), "1", two), 0},
		"ttl 0":            {payload(uri, iat+`,"ttl":0`, "1", two), 0},
		"ttl below 0":      {payload(uri, iat+`,"ttl":-1`, "1", two), 0},
		"ttl as text":      {payload(uri, iat+`,"ttl":"30"`, "1", two), 0},
		"3 bits":           {payload(uri, iat, "3", two), 0},
		"0 bits":           {payload(uri, iat, "0", two), 0},
		"16 bits":          {payload(uri, iat, "16", two), 0},
		"padding":          {payload(uri, iat, "1", two+"="), 0},
		"not base64url":    {payload(uri, iat, "1", "+"+two[1:]), 0},
		"not ZLIB":         {payload(uri, iat, "1", "AAAA"), 0},
		"cut off":          {payload(uri, iat, "1", two[:len(two)-8]), 0},
		"no list":          {fmt.Sprintf(`{"sub":%q,%s}`, uri, iat), 0},
		"not an object":    {`[]`, 0},
		"sub twice":        {`{"sub":"x",` + payload(uri, iat, "1", two)[1:], 0},
		"null":             {`null`, 0},
		"list of null":     {fmt.Sprintf(`{"sub":%q,%s,"status_list":null}`, uri, iat), 0},
		"nested too deep":  {fmt.Sprintf(`{"sub":%q,%s,"x":%s}`, uri, iat, bytes.Repeat([]byte("["), 1000)), 0},
		"something behind": {payload(uri, iat, "1", two) + "{}", 0},
	} {
		l, err := parseStatusList([]byte(test.text), uri, now, 0)
		if (err == nil) != (test.ttl != 0) || err == nil && l.ttl != test.ttl {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
	}
}

// FuzzParseStatusList: what is accepted answers for each index or says that there is none.
func FuzzParseStatusList(f *testing.F) {
	now := newClock().now()
	two := deflated(f, bytes.NewReader([]byte{1, 2}))
	f.Add([]byte(fmt.Sprintf(`{"sub":"u","iat":1,"ttl":30,"status_list":{"bits":2,"lst":%q}}`, two)), int64(3))
	f.Fuzz(func(t *testing.T, data []byte, index int64) {
		l, err := parseStatusList(data, "u", now, 0)
		if err != nil {
			return
		}
		if l.ttl <= 0 || l.ttl > maxStatusTTL || len(l.octets) > maxStatusList {
			t.Errorf("ttl %s, %d bytes", l.ttl, len(l.octets))
		}
		if status, err := l.status(index); err == nil && int(status) >= 1<<l.bits {
			t.Errorf("status %d of %d bits", status, l.bits)
		}
	})
}
