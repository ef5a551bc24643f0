// Command server is a service for the tests of the launchers: it answers, prints,
// dies and refuses as its arguments say.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	behaviour, listen := os.Args[1], os.Args[2]
	for _, secret := range os.Args[3:] {
		data, err := os.ReadFile(secret)
		fmt.Printf("read %d bytes, user %d, error %v\n", len(data), os.Getuid(), err)
	}
	go func() {
		// The first process of a container gets no signal that it doesn't ask for.
		term := make(chan os.Signal, 1)
		signal.Notify(term, syscall.SIGTERM)
		<-term
		os.Exit(0)
	}()
	switch behaviour {
	case "die":
		fmt.Println("no reason to live")
		os.Exit(3)
	case "silent":
		time.Sleep(time.Hour)
	case "burn":
		for {
		}
	case "parent": // of the process that does the work
		if err := exec.Command(os.Args[0], "burn", listen).Start(); err != nil {
			panic(err)
		}
	}
	http.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {})
	http.HandleFunc("GET /die", func(http.ResponseWriter, *http.Request) {
		fmt.Println("asked to die, token " + strings.Repeat("x", 43))
		os.Exit(4)
	})
	http.HandleFunc("GET /reach", func(w http.ResponseWriter, r *http.Request) {
		c, err := net.Dial("tcp", r.URL.Query().Get("address"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		c.Close()
	})
	// What the server was given: its arguments, its environment, its files.
	http.HandleFunc("GET /args", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, os.Args) })
	http.HandleFunc("GET /env", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, os.Getenv(r.URL.RawQuery)) })
	http.HandleFunc("GET /file", func(w http.ResponseWriter, r *http.Request) {
		info, err := os.Stat(r.URL.RawQuery)
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		data, err := os.ReadFile(r.URL.RawQuery)
		fmt.Fprint(w, info.Mode(), " ", string(data), err)
	})
	fmt.Println(http.ListenAndServe(listen, nil))
	os.Exit(1)
}
