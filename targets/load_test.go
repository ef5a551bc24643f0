package targets

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/results"
)

const minimal = `name: product
title: a product
endpoints:
  token: /token
  introspection: /introspect
capabilities: [client_credentials, introspection, issue/opaque]
process:
  command: ["${self}", --listen, "${listen}"]
  ready: /healthz
  timeout: 5s
expectations:
  - check: rfc6749/5.1/no-store
    verdict: fail
    comment: known
`

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := parse("t.yaml", []byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "product" || got.Process.Timeout != 5*time.Second || got.Expectations[0].Verdict != results.Fail {
		t.Errorf("%+v", got)
	}
	if forms := got.Forms(); !slices.Equal(forms, []string{Opaque}) {
		t.Errorf("forms %v", forms)
	}
}

func TestParseContainer(t *testing.T) {
	t.Parallel()
	const digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for _, image := range []string{"busybox:1", "registry.example:5000/a/b:v1", "busybox" + digest, "busybox:latest" + digest} {
		got, err := parse("t.yaml", []byte(minimal+`
container:
  image: `+image+`
  entrypoint: [/bin/sh, -c]
  command: ["serve ${listen}"]
  files:
    - {path: /etc/a, from: conf/a, mode: 0755}
    - {path: /etc/b, content: "${issuer} ${registration}"}
  port: 8080
  ready: /healthz
`))
		if err != nil {
			t.Errorf("%s: %v", image, err)
			continue
		}
		want := &ContainerSpec{
			Image: image, Entrypoint: []string{"/bin/sh", "-c"}, Command: []string{"serve ${listen}"}, Port: 8080, Ready: "/healthz",
			Files: []ContainerFile{{Path: "/etc/a", From: "conf/a", Mode: 0o755}, {Path: "/etc/b", Content: "${issuer} ${registration}"}},
		}
		if !reflect.DeepEqual(got.Container, want) {
			t.Errorf("%s: %+v, want %+v", image, got.Container, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	replace := func(old, by string) string {
		if !strings.Contains(minimal, old) {
			t.Fatalf("%q is not there to be replaced", old)
		}
		return strings.Replace(minimal, old, by, 1)
	}
	in := func(keys string) string { return minimal + "container: {ready: /, " + keys + "}\n" }
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "t.yaml: empty"},
		{"not a mapping", "- a\n", "t.yaml:1: must be a mapping"},
		{"bad syntax", "name: a\n  title: b\n", "t.yaml:2: "},
		{"two documents", minimal + "---\nname: b\n", "more than one document"},
		{"unknown key", replace("title:", "titel:"), `t.yaml:2: unknown key "titel", did you mean "title"?`},
		{"unknown key below", replace("ready:", "redy:"), `t.yaml:9: process: unknown key "redy", did you mean "ready"?`},
		{"unknown key in a list", replace("    comment:", "    coment:"), `t.yaml:14: expectations[0]: unknown key "coment", did you mean "comment"?`},
		{"unexported", minimal + "external: x\n", `t.yaml:15: unknown key "external", want one of name, `},
		{"key twice", minimal + "title: x\n", "t.yaml:15: title: is there twice"},
		{"bad duration", replace("5s", "soon"), `t.yaml:10: process.timeout: want a duration above zero such as 30s`},
		{"no duration", replace("5s", "0s"), `t.yaml:10: process.timeout: want a duration above zero`},
		{"bad verdict", replace("verdict: fail", "verdict: bad"), `t.yaml:13: expectations[0].verdict: unknown verdict`},
		{"list for a word", replace("title: a product", "title: [a]"), "t.yaml:2: title: must be a single value"},
		{"word for a list", replace("[client_credentials, introspection, issue/opaque]", "issue/opaque"), "t.yaml:6: capabilities: must be a list"},
		{"no value", replace("title: a product", "title:"), "t.yaml:2: title: has no value"},
		{"no anchor", replace("title: a product", "title: x\nversion: *a"), "t.yaml:3: an alias without its anchor"},
		{"no name", replace("name: product\n", ""), "t.yaml:1: name: is \"\", want"},
		{"bad name", replace("name: product", "name: ../product"), `t.yaml:1: name: is "../product", want`},
		{"unknown capability", replace("issue/opaque", "isue/opaque"), `t.yaml:6: capabilities[2]: unknown capability "isue/opaque", did you mean "issue/opaque"?`},
		{"no form", replace(", issue/opaque", ""), "t.yaml:6: capabilities: none is issue/FORM"},
		{"no token endpoint", replace("  token: /token\n", ""), "t.yaml:3: endpoints.token: is missing"},
		{"no token endpoint, nor a grant", "name: a\ncapabilities: [issue/opaque]\nprocess: {command: [a], ready: /}\n", "t.yaml:1: endpoints.token: is missing"},
		{"no introspection", replace("  introspection: /introspect\n", ""), "t.yaml:3: endpoints.introspection: is missing"},
		{"no endpoint of its own", replace("introspection, ", "introspection, denylist, "), "t.yaml:3: endpoints.denylist: is missing"},
		{"unknown endpoint", replace("token: /token", "tokn: /token"), `t.yaml:4: endpoints.tokn: unknown endpoint, did you mean "token"?`},
		{"bad path", replace("token: /token", "token: token"), `t.yaml:4: endpoints.token: is "token", want a path`},
		{"no path", replace("token: /token", "token: ''"), `t.yaml:4: endpoints.token: is "", want a path`},
		{"bad path of an issuer", replace("title: a product", "issuer: realm"), `t.yaml:2: issuer: is "realm", want a path`},
		{"no way to start", minimal[:strings.Index(minimal, "process:")], "nothing says how it is started"},
		{"no command", replace(`  command: ["${self}", --listen, "${listen}"]`+"\n", ""), "t.yaml:7: process.command: is missing"},
		{"bad ready", replace("ready: /healthz", "ready: healthz"), `t.yaml:9: process.ready: is "healthz", want a path`},
		{"unknown placeholder", replace("${listen}", "${listn}"), `t.yaml:8: process.command: unknown placeholder ${listn}, did you mean "listen"?`},
		{"open placeholder", replace("${listen}", "${listen"), "t.yaml:8: process.command: placeholder ${listen is not closed"},
		{"untagged image", in("image: busybox"), `t.yaml:15: container.image: is "busybox": want self, NAME:TAG with`},
		{"latest image", in("image: busybox:latest"), `container.image: is "busybox:latest": want self, NAME:TAG with`},
		{"no image", in("port: 1"), `container.image: is "": invalid reference`},
		{"bad image", in("image: Busybox:1"), `container.image: is "Busybox:1": invalid reference`},
		{"bad digest", in("image: busybox@sha256:12"), `container.image: is "busybox@sha256:12": invalid`},
		{"self has no command", in("image: self"), "container.command: is missing"},
		{"bad port", in("image: a:1, port: 65536"), "container.port: is 65536"},
		{"self of another image", in(`image: a:1, command: ["${self}"]`), "container.command: unknown placeholder ${self}"},
		{"folder in a container", in(`image: a:1, env: {A: "${dir}"}`), "container.env: unknown placeholder ${dir}"},
		{"bad entrypoint", in(`image: a:1, entrypoint: ["${x}"]`), "container.entrypoint: unknown placeholder ${x}"},
		{"file without a path", in("image: a:1, files: [{from: b}]"), `container.files[0].path: is ""`},
		{"file with a winding path", in("image: a:1, files: [{path: /a/../b, from: b}]"), `container.files[0].path: is "/a/../b"`},
		{"file of nothing", in("image: a:1, files: [{path: /b}]"), "want either from or content"},
		{"file of two", in("image: a:1, files: [{path: /b, from: b, content: c}]"), "want either from or content"},
		{"file of another folder", in("image: a:1, files: [{path: /b, from: ../b}]"), `container.files[0].from: is "../b"`},
		{"file with a bad mode", in("image: a:1, files: [{path: /b, from: b, mode: 01777}]"), "container.files[0].mode: want the mode of a file in octal"},
		{"file with a bad placeholder", in(`image: a:1, files: [{path: /b, content: "${x}"}]`), "container.files[0].content: unknown placeholder ${x}"},
		{"url and process", minimal + "url: http://127.0.0.1:1\n", "t.yaml:15: url: is for a server that is running already"},
		{"bad url", "name: a\nurl: ftp://x\n", `t.yaml:2: url: "ftp://x": want http`},
	} {
		_, err := parse("t.yaml", []byte(test.text))
		var file *config.Error
		if !errors.As(err, &file) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want %q in a line", test.name, err, test.want)
		}
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	if got, want := Names(), []string{"oidc-provider", "reference"}; !slices.Equal(got, want) {
		t.Errorf("names %v, want %v", got, want)
	}
	for _, name := range Names() {
		got, err := Load(name)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if !got.Loopback() || got.Files == nil || len(got.Forms()) < 4 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for _, test := range []struct{ name, want string }{
		{"referense", `unknown target "referense", did you mean "reference"?`},
		{"../targets/reference", "unknown target"},
		{"", "unknown target"},
	} {
		if _, err := Load(test.name); !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("load %q: error %v, want %q", test.name, err, test.want)
		}
	}
	odd := fstest.MapFS{"other/target.yaml": {Data: []byte(minimal)}}
	if _, err := loadFrom(odd, "other", nil); err == nil || !strings.Contains(err.Error(), `its folder is "other"`) {
		t.Errorf("a name unlike its folder: %v", err)
	}
}

func TestLoadFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "my.yaml")
	if err := os.WriteFile(path, []byte(minimal), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := LoadFile(path)
	if err != nil || got.Name != "product" {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := fs.Stat(got.Files, "my.yaml"); err != nil {
		t.Error(err)
	}
	if _, err := LoadFile(path + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
}

// TestEmbedded compares the list of embedded files with the folders: a file that
// is forgotten there works for nobody but its author.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		entries, err := os.ReadDir(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Name() == "node_modules" {
				continue
			}
			if _, err := fs.Stat(embedded, name+"/"+e.Name()); err != nil {
				t.Errorf("%v: add it to embed.go or remove it", err)
			}
		}
	}
	lock, err := fs.ReadFile(embedded, "oidc-provider/package-lock.json")
	if err != nil || strings.Contains(string(lock), "resolved") || strings.Contains(string(lock), "http:") {
		t.Errorf("package-lock.json holds download addresses, %v", err)
	}
}
