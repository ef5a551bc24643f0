package load

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/postgres"
	"github.com/oauthmark/oauthmark/reference/store/redis"
	"github.com/oauthmark/oauthmark/reference/store/sqlite"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// here launches the reference servers in this process, from the very configurations that
// processes of their own would read.
type here struct {

	// spoil changes what a resource server answers; nil for nothing.
	spoil    func(http.Handler) http.Handler
	launched *[]*hereRunning
}

func (here) Runtime() string             { return targets.Process }
func (here) Close(context.Context) error { return nil }

func (h here) Launch(ctx context.Context, s targets.Service) (targets.Running, error) {
	var handler http.Handler
	var ends []func() error
	if slices.Contains(s.Command, "issuer") {
		c, err := issuer.ParseConfig(bytes.NewReader(s.Secrets["registration"]))
		if err != nil {
			return nil, err
		}
		kept, err := opens(ctx, c.Store.Reveal(), &ends)
		if err != nil {
			return nil, err
		}
		made, err := issuer.New(c, issuer.Options{Store: kept})
		if err != nil {
			return nil, err
		}
		handler, ends = made, append([]func() error{made.Close}, ends...)
	} else {
		c, err := verifier.ParseConfig(bytes.NewReader(s.Secrets["config"]))
		if err != nil {
			return nil, err
		}
		var o verifier.Options
		kept, err := opens(ctx, string(s.Secrets["store"]), &ends)
		if err != nil {
			return nil, err
		}
		if kept != nil {
			o.Table = &verifier.Table{Tokens: kept}
			if o.Table.Opaque, o.Table.SelfContained, err = issuer.ParsePersistence(strings.NewReader(""), rand.Reader); err != nil {
				return nil, err
			}
		}
		made, err := verifier.New(c, o)
		if err != nil {
			return nil, err
		}
		handler, ends = made, append([]func() error{func() error { made.Close(); return nil }}, ends...)
		if h.spoil != nil {
			handler = h.spoil(handler)
		}
	}
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", s.Port))
	if err != nil {
		return nil, err
	}
	r := &hereRunning{name: s.Name, url: "http://" + l.Addr().String(), server: &http.Server{Handler: handler}, ends: ends, done: make(chan struct{})}
	go func() { _ = r.server.Serve(l) }()
	*h.launched = append(*h.launched, r)
	return r, nil
}

// opens opens the store at the URL, nil for none.
func opens(ctx context.Context, url string, ends *[]func() error) (store.Store, error) {
	var s store.Store
	var err error
	switch kind, _ := issuer.StoreURL(url).Kind(); kind {
	case issuer.StoreSQLite:
		s, err = sqlite.Open(ctx, strings.TrimPrefix(url, "sqlite:"), sqlite.Options{})
	case issuer.StorePostgres:
		s, err = postgres.Open(ctx, url, postgres.Options{})
	case issuer.StoreRedis:
		s, err = redis.Open(ctx, url, redis.Options{})
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	*ends = append(*ends, s.Close)
	return s, nil
}

type hereRunning struct {
	name, url string
	server    *http.Server
	ends      []func() error
	done      chan struct{}
	stopped   bool
}

func (r *hereRunning) Name() string          { return r.name }
func (r *hereRunning) URL() string           { return r.url }
func (r *hereRunning) Internal() string      { return r.url }
func (r *hereRunning) Done() <-chan struct{} { return r.done }
func (r *hereRunning) Logs() string          { return "" }
func (r *hereRunning) Provenance() results.Service {
	return results.Service{Name: r.name, Runtime: targets.Process}
}
func (r *hereRunning) Usage(context.Context) (results.Usage, bool) { return results.Usage{}, false }

func (r *hereRunning) Stop(context.Context) error {
	if r.stopped {
		return nil
	}
	r.stopped = true
	err := r.server.Close()
	for _, end := range r.ends {
		if e := end(); err == nil {
			err = e
		}
	}
	close(r.done)
	return err
}

// started is the reference, started here.
func started(t *testing.T, spoil func(http.Handler) http.Handler) (*targets.Environment, *[]*hereRunning) {
	t.Helper()
	launched := new([]*hereRunning)
	env, err := targets.Start(t.Context(), targets.Options{Runtime: targets.Process, Rand: rand.Reader,
		Process: func(context.Context) (targets.Launcher, error) { return here{spoil, launched}, nil }},
		[]targets.Target{reference(t).Narrowed(nil)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := env.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return env, launched
}

// unseen is an observer that sees nothing.
type unseen struct{}

func (unseen) StepStarted(int, results.Step)     {}
func (unseen) StepProgress(int, float64, string) {}
func (unseen) StepDone(int, results.StepResult)  {}

// carried out are the steps of these names, each for a moment, on the started reference.
func carriedOut(t *testing.T, env *targets.Environment, kinds storeKinds, names ...string) []results.StepResult {
	t.Helper()
	all := resourceScenarios(share(kinds))
	selected, err := scenarios.Select(all, names)
	if err != nil {
		t.Fatal(err)
	}
	o := scenarios.Options{Targets: []targets.Target{reference(t)}, Profile: scenarios.Profiles()[0]}
	o.Profile.Load = results.Offered{Arrivals: results.Constant, Rate: 400, Duration: results.Duration(200 * time.Millisecond), Tokens: 20}
	plan, err := scenarios.Make(selected, o, 1)
	if err != nil || len(plan.Skipped) > 0 {
		t.Fatal(err, plan.Skipped)
	}
	out, err := scenarios.Runner{Scenarios: all, Observer: unseen{}}.Execute(t.Context(), plan, env)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(out.Steps, func(s results.StepResult) bool { return s.Superseded })
}

// rightly wants all answers of a step right: most good tokens let in, the spoiled refused
// and the expired too. Nothing is said about speed.
func rightly(t *testing.T, s results.StepResult) {
	t.Helper()
	if s.Series == nil {
		t.Errorf("%s: %v, %s", s.Step.ID, s.Verdict, s.Reason)
		return
	}
	if s.Declared == nil || s.Declared.Staleness == "" || s.Declared.Outage == "" {
		t.Errorf("%s: it declares %+v", s.Step.ID, s.Declared)
	}
	if v := s.Series.Verdicts; v.RightAllow < 60 || v.RightDeny == 0 || v.WrongAllow+v.WrongDeny+v.TransportError > 0 {
		t.Errorf("%s: %+v (%s)", s.Step.ID, v, s.Reason)
	}
}

// counted is what the resource server counted in the step.
func counted(s results.StepResult, name string) int64 {
	if s.Series == nil {
		return -1
	}
	n, ok := s.Series.Counter(name)
	if !ok {
		return -1
	}
	return n
}

// Each strategy that needs no server of a store judges each kind of token that it can, on
// the run's servers or on its own, and asks whom it says that it asks.
func TestEachStrategyUnderLoad(t *testing.T) {
	t.Parallel()
	env, launched := started(t, nil)
	asks := map[string]string{ // by step: what it does more than once for each token, or at all
		"introspect/opaque": "introspections", "introspect/ES256": "introspections", "introspect-cached/opaque": "cache_hits",
		"introspect-push/ES256": "cache_hits", "local/EdDSA": "", "local-cached/RS256": "cache_hits", "local-denylist/ES256": "",
		"local-status/ES256": "", "local-online-status/ES256": "status_questions", "hybrid/ES256/mixed": "introspections", "hybrid/RS256/risky": "introspections",
		"phantom/ES256": "cache_hits", "split/ES256": "cache_hits", "split/EdDSA": "cache_hits", "shared-db/opaque/sqlite": "table_reads", "shared-db/ES256/sqlite": "table_reads",
	}
	var names []string
	for name := range asks {
		names = append(names, "load/"+name)
	}
	slices.Sort(names)
	steps := carriedOut(t, env, having(nil), names...)
	if len(steps) != len(asks) {
		t.Errorf("%d steps, want %d", len(steps), len(asks))
	}
	for _, s := range steps {
		rightly(t, s)
		id, _, _ := strings.Cut(strings.TrimPrefix(s.Step.ID, "load/"), "@")
		if counter := asks[id]; counter != "" && counted(s, counter) < 1 {
			t.Errorf("%s: %s %d", id, counter, counted(s, counter))
		}
		switch n, all := counted(s, "introspections"), s.Series.Verdicts.Total(); {
		case id == "hybrid/ES256/mixed" && n > all/3, id == "hybrid/RS256/risky" && n < all*9/10:
			t.Errorf("%s: %d introspections of %d requests", id, n, all)
		}
	}
	// The run's two, and an issuer and a resource server each for local-status, phantom, split
	// and shared-db, whatever their forms.
	if len(*launched) != 2+2*4 {
		t.Errorf("%d servers were started, want 10", len(*launched))
	}
	for i, r := range *launched {
		if r.stopped != (i >= 2) {
			t.Errorf("server %d, %s: stopped is %v when the steps are over", i, r.name, r.stopped)
		}
	}
}

// A resource server that lets everybody in is caught, on arranged servers too.
func TestOneThatLetsAllInIsCaught(t *testing.T) {
	t.Parallel()
	env, _ := started(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, targets.PlainRoute) {
				fmt.Fprint(w, "{}")
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	for _, s := range carriedOut(t, env, having(nil), "load/split/ES256", "load/shared-db/opaque/sqlite") {
		if s.Verdict != results.Fail || s.Series.Verdicts.WrongAllow == 0 {
			t.Errorf("%s: %v, %s", s.Step.ID, s.Verdict, s.Reason)
		}
	}
}

// Servers of a step that died are replaced for the next one.
func TestArrangedServersAreReplaced(t *testing.T) {
	t.Parallel()
	env, launched := started(t, nil)
	kept := &arrangements{}
	d, _ := verifier.Describe(verifier.Split)
	st := strategy{d}
	step := results.Step{Axes: []results.Axis{{Name: "strategy", Value: st.Name}, {Name: "form", Value: "ES256"}}}
	in := env.Instance("reference")
	ready := func(others ...results.Step) *arranged {
		t.Helper()
		a, err := kept.ready(t.Context(), st, in, step, others)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	first := ready()
	if again := ready(); again != first || first.Instance == in || len(*launched) != 4 {
		t.Errorf("%d servers were started, want the same two again", len(*launched)-2)
	}
	if err := (*launched)[3].Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := ready()
	if second == first || len(*launched) != 6 || !(*launched)[2].stopped {
		t.Errorf("%d servers were started: those beside a dead one aren't good", len(*launched)-2)
	}
	step.Axes[1].Value = "EdDSA"
	if third := ready(); !slices.Equal(third.forms, []string{"ES256", "EdDSA"}) || len(third.ClientsFor("split-EdDSA", false)) != 2 || len(third.ClientsFor("split-ES256", true)) != 1 {
		t.Errorf("forms %v, clients %v", third.forms, third.Clients)
	}
	if err := kept.end(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, r := range (*launched)[2:] {
		if !r.stopped {
			t.Errorf("%s still runs", r.name)
		}
	}
}
