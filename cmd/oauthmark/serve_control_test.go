package main

import (
	"net"
	"net/http"
	"net/http/httptest"
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
	rebound, err := http.NewRequest(http.MethodPost, "http://"+address+"/rotate", nil)
	if err != nil {
		t.Fatal(err)
	}
	rebound.Host = "evil.example"
	if resp, err := http.DefaultClient.Do(rebound); err != nil || resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another Host: %v, %v", resp, err)
	} else {
		resp.Body.Close()
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := http.Get("http://" + address + "/counters"); err == nil {
		t.Error("the controls answer after they were stopped")
	}
}

// What came for another name than a loopback one came by way of somebody else's page.
func TestControlHost(t *testing.T) {
	t.Parallel()
	served := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	at := func(port int, host, origin string) int {
		r := httptest.NewRequest(http.MethodPost, "/rotate?alg=ES256", nil)
		r.Host = host
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		w := httptest.NewRecorder()
		onlyHere(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}, served).ServeHTTP(w, r)
		return w.Code
	}
	for host, want := range map[string]int{
		"127.0.0.1:8082": 418, "localhost:8082": 418, "LocalHost:8082": 418, "[::1]:8082": 418, "127.0.0.2:8082": 418,
		"evil.example": 421, "evil.example:8082": 421, "127.0.0.1:8081": 421, "127.0.0.1": 421, "": 421, "localhost.evil.example:8082": 421,
		"127.0.0.1.nip.example:8082": 421, "0.0.0.0:8082": 421, "192.0.2.1:8082": 421,
	} {
		if got := at(8082, host, ""); got != want {
			t.Errorf("Host %q: status %d, want %d", host, got, want)
		}
	}
	for host, want := range map[string]int{"127.0.0.1": 418, "[::1]": 418, "localhost": 418, "evil.example": 421} {
		if got := at(80, host, ""); got != want {
			t.Errorf("Host %q at port 80: status %d, want %d", host, got, want)
		}
	}
	for origin, want := range map[string]int{
		"http://127.0.0.1:8082": 418, "http://evil.example": 403, "http://127.0.0.1:3000": 403, "https://127.0.0.1:8082": 403, "null": 403,
	} {
		if got := at(8082, "127.0.0.1:8082", origin); got != want {
			t.Errorf("Origin %q: status %d, want %d", origin, got, want)
		}
	}
}
