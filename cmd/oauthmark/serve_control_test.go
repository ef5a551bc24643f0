package main

import (
	"net"
	"net/http"
	"testing"
)

func TestServeControl(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", "192.0.2.1:0", "example.com:0", ":0", "nonsense"} {
		if _, err := serveControl(address, http.NotFoundHandler()); exitCode(err) != exitUsage {
			t.Errorf("%s: error %v, want bad usage", address, err)
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	if _, err := serveControl(address, http.NotFoundHandler()); exitCode(err) != exitUsage {
		t.Errorf("an address in use: error %v, want bad usage", err)
	}
	free.Close()
	stop, err := serveControl(address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	if err != nil {
		t.Skipf("the address was taken meanwhile: %v", err)
	}
	resp, err := http.Get("http://" + address + "/counters")
	if err != nil || resp.StatusCode != http.StatusTeapot {
		t.Errorf("%v, %v", resp, err)
	}
	if err == nil {
		resp.Body.Close()
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := http.Get("http://" + address + "/counters"); err == nil {
		t.Error("the controls answer after they were stopped")
	}
}
