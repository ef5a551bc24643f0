package issuer

import (
	"net/http/httptest"
	"testing"
)

func TestControl(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i, err := New(Config{Issuer: testIssuer, Resource: testResource, Clients: testConfig().Clients[:3:3],
		Introspector: Introspector{ID: "rs", Secret: "s-rs"}}, Options{Now: clk.now}) // keys of its own
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	control := i.Control()
	call := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		control.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w
	}
	// A rotation signs with another key, and tokens of the old one stay good.
	old := obtain(t, i, "ES256", "")
	before, _ := i.ring.ByAlgorithm("ES256")
	m := object(t, call("POST", "/rotate?alg=ES256"))
	after, _ := i.ring.ByAlgorithm("ES256")
	if before == after || m["kid"] != after.ID {
		t.Errorf("rotation answered %v", m)
	}
	fresh := obtain(t, i, "ES256", "")
	if !active(t, i, old) || !active(t, i, fresh) {
		t.Error("a token isn't active after the rotation")
	}
	giveBack(i, "ES256", fresh, "")
	m = object(t, call("GET", "/counters"))
	forms, _ := m["access_tokens"].(map[string]any)
	if forms["ES256"] != 2.0 || m["introspections_active"] != 2.0 || m["introspections_inactive"] != 0.0 || m["revocations"] != 1.0 {
		t.Errorf("counters: %v", m)
	}
	// The clock: of the tokens, and of the issuer's own store.
	kept := obtain(t, i, "opaque", "")
	m = object(t, call("POST", "/clock?shift=3600"))
	if m["shift_s"] != 3600.0 || m["now"] != float64(clk.now().Unix()+3600) {
		t.Errorf("clock: %v", m)
	}
	if active(t, i, kept) || active(t, i, old) {
		t.Error("a token is active an hour later")
	}
	call("POST", "/clock?shift=0")
	if m := object(t, call("GET", "/clock")); m["shift_s"] != 0.0 || !active(t, i, old) {
		t.Errorf("back in time: %v", m)
	}
	for path, status := range map[string]int{"/rotate?alg=RS512": 400, "/rotate": 400, "/rotate?alg=none": 400,
		"/clock?shift=x": 400, "/clock": 400, "/clock?shift=9999999999": 400, "/counters": 405, "/token": 404} {
		if w := call("POST", path); w.Code != status {
			t.Errorf("POST %s: status %d, want %d", path, w.Code, status)
		}
	}
	// None of it is served to the public.
	for _, path := range []string{"/rotate", "/counters", "/clock"} {
		if w := do(i, request{path: path}); w.Code != 404 {
			t.Errorf("public %s: status %d", path, w.Code)
		}
	}
}
