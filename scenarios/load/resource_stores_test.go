package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store/storetest"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// storesWanted skips what starts database servers where nobody asked for it.
func storesWanted(t *testing.T) {
	t.Helper()
	if os.Getenv("OAUTHMARK_TEST_STORES") == "" {
		t.Skip("starts database servers: run make test-stores")
	}
}

// used wants the store's own work to be told apart.
func used(t *testing.T, s results.StepResult, told bool) {
	t.Helper()
	if s.Series == nil {
		return
	}
	i := slices.IndexFunc(s.Services, func(x results.Service) bool { return x.Name == axisStore })
	if len(s.Services) < 2 || i < 0 || (s.Services[i].Version != "") != told {
		t.Errorf("%s: its servers are %+v", s.Step.ID, s.Services)
	}
	for _, u := range s.Series.Usage {
		if u.Component == axisStore {
			if !told || u.CPUSeconds <= 0 || u.PeakBytes == 0 {
				t.Errorf("%s: the store used %+v", s.Step.ID, u)
			}
			return
		}
	}
	if told {
		t.Errorf("%s: nothing tells what the store used: %+v", s.Step.ID, s.Series.Usage)
	}
}

// A store in a server is started for the steps, tells what it uses, and ends with them.
func TestStartedStoresOnRedisOnPostgres(t *testing.T) {
	storesWanted(t)
	env, _ := started(t, nil)
	kinds := storesOf(func(string) string { return "" })
	for _, s := range carriedOut(t, env, kinds, "load/shared-db/opaque/postgres", "load/shared-db/ES256/postgres", "load/shared-db/opaque/redis", "load/shared-db/ES256/redis",
		"load/shared-cache/opaque/redis", "load/shared-cache/ES256/redis") {
		rightly(t, s)
		used(t, s, true)
		reads := "table_reads"
		if s.Step.Axis("strategy").Value == "shared-cache" {
			reads = "shared_reads"
		}
		if n := counted(s, reads); n < 1 {
			t.Errorf("%s: %s %d", s.Step.ID, reads, n)
		}
	}
}

// A file for SQLite goes with its folder.
func TestFilePlace(t *testing.T) {
	t.Parallel()
	p, err := filePlace()
	if err != nil {
		t.Fatal(err)
	}
	file := strings.TrimPrefix(p.url, "sqlite:")
	if err := os.WriteFile(file, nil, 0o600); err != nil || p.service != nil {
		t.Errorf("%v, service %v", err, p.service)
	}
	if err := p.leave(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(file)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

// What started a store ends it.
func TestStoreServersEndOnRedis(t *testing.T) {
	storesWanted(t)
	s := storeServers{kinds: storesOf(func(string) string { return "" })}
	p, err := s.place(t.Context(), issuer.StoreRedis, true)
	if err != nil {
		t.Fatal(err)
	}
	if u, ok := p.service.Usage(t.Context()); !ok || u.PeakBytes == 0 || len(p.warnings) > 0 {
		t.Errorf("usage %+v, warnings %v of a cache", u, p.warnings)
	}
	if err := errors.Join(p.leave(t.Context()), s.close(), p.leave(t.Context())); err != nil {
		t.Error(err)
	}
	select {
	case <-p.service.Done():
	default:
		t.Error("the server still runs")
	}
	if _, ok := p.service.Usage(t.Context()); ok {
		t.Error("a server that has ended tells what it uses")
	}
}

// A given server is left as it was found.
func TestGivenStoreOnPostgres(t *testing.T) {
	server := storetest.Postgres(t)
	conn := storetest.OpenReady(t, func() (*pgx.Conn, error) { return pgx.Connect(context.Background(), server.URL) })
	defer conn.Close(context.Background())
	schemas := func() (n int) {
		if err := conn.QueryRow(context.Background(), `SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := schemas()
	env, _ := started(t, nil)
	kinds := storesOf(environment("OAUTHMARK_POSTGRES_URL", server.URL))
	for _, s := range carriedOut(t, env, kinds, "load/shared-db/opaque/postgres") {
		rightly(t, s)
		used(t, s, false)
	}
	if after := schemas(); after != before {
		t.Errorf("%d schemas, %d before", after, before)
	}
}

func TestGivenStoreOnRedis(t *testing.T) {
	server := storetest.Redis(t)
	keys := func() string {
		u, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "DBSIZE\r\n")
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil || !strings.HasPrefix(line, ":") {
			t.Fatal(line, err)
		}
		return line
	}
	before := keys()
	env, _ := started(t, nil)
	kinds := storesOf(environment("OAUTHMARK_REDIS_URL", server.URL))
	for _, s := range carriedOut(t, env, kinds, "load/shared-db/ES256/redis", "load/shared-cache/opaque/redis") {
		rightly(t, s)
		used(t, s, false)
	}
	if after := keys(); after != before {
		t.Errorf("%s keys, %s before", after, before)
	}
}

func environment(name, value string) func(string) string {
	return func(asked string) string {
		if asked == name {
			return value
		}
		return ""
	}
}

// A server that doesn't answer, or that containers couldn't reach, is told, without what is
// secret of its URL.
func TestStoreThatIsNotThere(t *testing.T) {
	t.Parallel()
	env, launched := started(t, nil)
	kinds := storesOf(environment("OAUTHMARK_REDIS_URL", "redis://:hunter2@127.0.0.1:1/0"))
	for _, s := range carriedOut(t, env, kinds, "load/shared-db/opaque/redis") {
		if s.Verdict != results.Inconclusive || !strings.Contains(s.Reason, "OAUTHMARK_REDIS_URL can't be reached") || strings.Contains(s.Reason, "hunter2") {
			t.Errorf("%v, %s", s.Verdict, s.Reason)
		}
	}
	kept := &arrangements{servers: storeServers{kinds: having(nil, issuer.StoreRedis)}}
	boxed := *env.Instance("reference")
	boxed.Provenance.Runtime = targets.Container
	st := strategy{}
	st.Name = "shared-cache"
	step := results.Step{Axes: []results.Axis{{Name: "form", Value: "ES256"}, {Name: axisStore, Value: issuer.StoreRedis}}}
	if _, err := kept.ready(t.Context(), st, &boxed, step, nil); err == nil || !strings.Contains(err.Error(), "--runtime process") {
		t.Errorf("in containers: %v", err)
	}
	boxed.Provenance.Runtime = targets.Process
	for range 2 {
		if _, err := kept.ready(t.Context(), st, &boxed, step, nil); err == nil || !strings.Contains(err.Error(), "start a Redis server: a plan starts nothing") {
			t.Errorf("a server that doesn't start: %v", err)
		}
	}
	if len(*launched) != 2 {
		t.Errorf("%d servers were started, want the run's two", len(*launched))
	}
}
