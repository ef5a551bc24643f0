package verifier

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// An issuer that answers much about each token doesn't make the process keep it all. The
// test runs alone, for memory is counted for the whole process.
func TestHostileAnswersAreBounded(t *testing.T) {
	const (
		tokens  = 500
		mostMiB = 8 // 1 for the entries, as much for identifiers, and what else changes in the process
	)
	long := strings.Repeat("x", 50<<10)
	for shape, members := range map[string]string{
		"subject":    `"sub":"` + long + `"`,
		"scope":      `"scope":"` + strings.Repeat("x ", 25<<10) + `x"`,
		"audiences":  `"aud":["https://api.example"` + strings.Repeat(`,"x"`, 3000) + `]`,
		"thumbprint": `"cnf":{"jkt":"` + long + `"}`,
		"status":     `"status":{"status_list":{"idx":1,"uri":"` + long + `"}}`,
		"very long":  `"sub":"` + strings.Repeat("x", 500<<10) + `"`,
		"identifier": `"jti":"%d` + long + `"`,
	} {
		for _, name := range []string{IntrospectCached, IntrospectPush} {
			t.Run(name+"/"+shape, func(t *testing.T) {
				u, e := newUpstream(t), newEventServer(t)
				config := u.config()
				config.EventsURI = e.url
				config.Cache = Cache{TTL: Duration(time.Hour), Entries: tokens}
				v := newVerifier(t, config, Options{})
				s := strategy(t, v, name)
				if push, ok := s.(*introspectPush); ok {
					push.stream.start()
					push.heardAgain(t, 1)
				}
				asked := 0
				u.onIntrospect(func(w http.ResponseWriter, r *http.Request) {
					asked++
					said := strings.Replace(members, "%d", fmt.Sprint(asked), 1)
					if !strings.Contains(said, "jti") {
						said += fmt.Sprintf(`,"jti":"%030d"`, asked)
					}
					fixed(200, `{"active":true,`+said+`}`)(w, r)
				})
				before := heapMiB()
				n := tokens
				if shape == "very long" {
					n /= 10
				}
				for i := range n {
					_, _ = s.Judge(t.Context(), fmt.Sprint("token-", i))
				}
				grown := heapMiB() - before
				t.Logf("%d answers: the heap grew by %.1f MiB", n, grown)
				if asked != n || grown > mostMiB {
					t.Errorf("%d of %d asked; the heap grew by %.1f MiB", asked, n, grown)
				}
			})
		}
	}
}

// A usual entry has one place, so that as many are remembered as the configuration says;
// a large one has more, and a very large one none.
func TestPairPlaces(t *testing.T) {
	t.Parallel()
	c := newClock()
	config := Cache{Entries: 2000}
	usual := claims.Claims{Issuer: "https://as.example", Subject: strings.Repeat("s", 36), ClientID: "app", ID: strings.Repeat("j", 44), Audience: []string{"https://api.example"}}
	for name, test := range map[string]struct {
		said   claims.Claims
		refuse bool
		most   int
	}{
		"usual":      {usual, false, 1800},
		"refused":    {usual, true, 200},
		"large":      {claims.Claims{Subject: strings.Repeat("x", 10<<10)}, false, 163}, // 11 places
		"very large": {claims.Claims{Subject: strings.Repeat("x", maxRemembered)}, false, 0},
	} {
		p, err := newPair(config, c.now, func(r *remembered) time.Time { return r.until }, func(r *remembered) int { return sizeOf(&r.said) })
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5000 {
			p.set(hashOf(i), !test.refuse, &remembered{said: test.said, until: claims.Never})
		}
		p.accepted.CleanUp()
		p.refused.CleanUp()
		n := p.accepted.EstimatedSize() + p.refused.EstimatedSize()
		if n > test.most || n < test.most*9/10 {
			t.Errorf("%s: %d are remembered, want %d", name, n, test.most)
		}
	}
	// What isn't kept because it is too large ends what was.
	p, err := newPair(config, c.now, func(r *remembered) time.Time { return r.until }, func(r *remembered) int { return sizeOf(&r.said) })
	if err != nil {
		t.Fatal(err)
	}
	p.set(hashOf(1), true, &remembered{said: usual, until: claims.Never})
	p.set(hashOf(1), true, &remembered{said: claims.Claims{Subject: strings.Repeat("x", maxRemembered)}, until: claims.Never})
	if p.find(hashOf(1), c.now()) != nil {
		t.Error("an entry that isn't true any more stays")
	}
}
