package container

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/moby/moby/client"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/targets"
)

const foreign = "oauthmark-test.invalid/echo:1"

// changes make the server an image that knows how to start itself.
var changes = []string{`ENTRYPOINT ["/oauthmark"]`, `CMD ["serve", "0.0.0.0:8080"]`, "ENV COLOUR=red SHAPE=round", "USER 1000"}

// serverFiles is a tar archive of the server alone.
func serverFiles(t *testing.T) []byte {
	t.Helper()
	f, err := os.Open(server(t, "foreign"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var files bytes.Buffer
	if err := archive(&files, f); err != nil {
		t.Fatal(err)
	}
	return files.Bytes()
}

func TestForeignImage(t *testing.T) {
	l := launcher(t)
	if err := l.load(t.Context(), bytes.NewReader(serverFiles(t)), foreign, changes...); err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{"conf/tool": {Data: []byte("verbatim ${port}")}}
	for _, test := range []struct {
		name    string
		spec    targets.ContainerSpec
		answers map[string]string // by path and query
	}{
		{"as it is", targets.ContainerSpec{Port: 8080}, map[string]string{
			"/args": "[/oauthmark serve 0.0.0.0:8080]", "/env?COLOUR": "red",
		}},
		{"told its port", targets.ContainerSpec{
			Command: []string{"parent", "${listen}", "${registration}"},
			Env:     map[string]string{"COLOUR": "blue ${port} ${issuer}"},
			Files: []targets.ContainerFile{
				{Path: "/etc/new/server.conf", Content: "issuer ${issuer}, clients ${registration}", Mode: 0o400},
				{Path: "/bin/tool", From: "conf/tool", Mode: 0o755},
				{Path: "/plain", Content: "x"},
			},
		}, map[string]string{
			"/args":       "[/oauthmark parent 0.0.0.0:PORT /oauthmark-registration.json]",
			"/env?COLOUR": "blue PORT http://127.0.0.1:PORT", "/env?SHAPE": "round",
			"/file?/etc/new/server.conf":         "-r-------- open /etc/new/server.conf: permission denied",
			"/file?/bin/tool":                    "-rwxr-xr-x verbatim ${port}<nil>",
			"/file?/plain":                       "-rw-r--r-- x<nil>",
			"/file?/oauthmark-registration.json": "-r--r--r-- secret<nil>",
		}},
		{"another entrypoint", targets.ContainerSpec{
			Port: 8081, Entrypoint: []string{"/oauthmark", "serve"}, Command: []string{"${listen}", "${registration}"},
		}, map[string]string{"/args": "[/oauthmark serve 0.0.0.0:8081 /oauthmark-registration.json]"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.spec.Image = foreign
			p, err := l.Prepare(t.Context(), targets.Target{Name: "product", Container: &test.spec, Files: folder})
			if err != nil {
				t.Fatal(err)
			}
			s := service(p.Image, "issuer", "serve")
			s.Command, s.Env, s.Spec, s.Files = test.spec.Command, test.spec.Env, test.spec, folder
			s.Secrets = map[string][]byte{"registration": []byte("secret")}
			s.Values = map[string]string{"issuer": "http://" + address("127.0.0.1", s.Port)}
			r, err := l.Launch(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Stop(t.Context())
			for question, want := range test.answers {
				want = strings.ReplaceAll(want, "PORT", fmt.Sprint(s.Port))
				if got := get(t, r.URL()+question); got != want {
					t.Errorf("%s: %q, want %q", question, got, want)
				}
			}
			if test.spec.Port == 0 { // its child does the work
				time.Sleep(500 * time.Millisecond)
				if u, ok := r.Usage(t.Context()); !ok || u.CPUSeconds < 0.1 {
					t.Errorf("usage %+v, %v, want that of the child too", u, ok)
				}
			} else if want := "http://issuer:" + fmt.Sprint(test.spec.Port); r.Internal() != want {
				t.Errorf("other containers reach it at %s, want %s", r.Internal(), want)
			}
			c, err := l.engine.ContainerInspect(t.Context(), l.network+"-issuer", client.ContainerInspectOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if h := c.Container.HostConfig; len(h.CapDrop) != 0 || len(h.SecurityOpt) != 1 {
				t.Errorf("a server that may start as root lacks what it needs: dropped %v, options %v", h.CapDrop, h.SecurityOpt)
			}
			for port, bindings := range c.Container.NetworkSettings.Ports {
				if len(bindings) != 1 || bindings[0].HostIP.String() != "127.0.0.1" {
					t.Errorf("port %s is published as %v", port, bindings)
				}
			}
		})
	}
	for _, from := range []string{"conf/absent", "conf"} {
		bad := targets.ContainerSpec{Image: foreign, Files: []targets.ContainerFile{{Path: "/x", From: from}}}
		_, err := l.Prepare(t.Context(), targets.Target{Name: "product", Container: &bad, Files: folder})
		if file := (*config.Error)(nil); !errors.As(err, &file) || err.Error() != from+": not a file in the folder of target product" {
			t.Errorf("file %s: %v", from, err)
		}
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestPull has a registry with one image.
func TestPull(t *testing.T) {
	l := launcher(t)
	var layer bytes.Buffer
	files := serverFiles(t)
	zip := gzip.NewWriter(&layer)
	_, _ = zip.Write(files) // to memory
	_ = zip.Close()
	digest := func(b []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(b)) }
	config := fmt.Appendf(nil, `{"architecture":%q,"os":"linux","config":{"Entrypoint":["/oauthmark"]},"rootfs":{"type":"layers","diff_ids":[%q]}}`,
		runtime.GOARCH, digest(files))
	const media = "application/vnd.docker.distribution.manifest.v2+json"
	manifest := fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":%q,
		"config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":%d,"digest":%q},
		"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":%d,"digest":%q}]}`,
		media, len(config), digest(config), layer.Len(), digest(layer.Bytes()))
	held := map[string][]byte{"1": manifest, digest(manifest): manifest, digest(config): config, digest(layer.Bytes()): layer.Bytes()}
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data := held[path.Base(r.URL.Path)]
		if data == nil && r.URL.Path != "/v2/" {
			http.Error(w, `{"errors":[{"code":"MANIFEST_UNKNOWN","message":"nobody has pushed that"}]}`, http.StatusNotFound)
			return
		}
		if bytes.Equal(data, manifest) {
			w.Header().Set("Content-Type", media)
		}
		w.Header().Set("Docker-Content-Digest", digest(data))
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}))
	defer registry.Close()
	repository := strings.TrimPrefix(registry.URL, "http://") + "/echo"
	prepare := func(image string) (targets.Prepared, error) {
		return l.Prepare(t.Context(), targets.Target{Name: "product", Container: &targets.ContainerSpec{Image: image}})
	}

	pinned := repository + "@" + digest(manifest)
	for _, image := range []string{repository + ":1", pinned} {
		p, err := prepare(image)
		if err != nil {
			t.Fatal(err)
		}
		s := service(p.Image, "issuer", "serve")
		s.Command = []string{"serve", "${listen}"}
		r, err := l.Launch(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Provenance().Image; got != pinned {
			t.Errorf("the record says image %s, want %s", got, pinned)
		}
		if err := r.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}

	for image, reason := range map[string]string{
		repository + ":2":    "manifest", // unknown
		"127.0.0.1:1/echo:1": "refused",
	} {
		_, err := prepare(image)
		if !errors.Is(err, targets.ErrRuntime) || !strings.Contains(err.Error(), "lacks image "+image) ||
			!strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), "docker load") {
			t.Errorf("image %s: error %v, want its name, %q and what to do", image, err, reason)
		}
	}
}
