# Two commands on a fresh machine: make bench, make test.

PROFILE  ?= standard
ARGS     ?=
FUZZTIME ?= 2m
BIN      := bin/oauthmark

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/oauthmark, static, so that it also runs in an empty container image, and stripped
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o $(BIN) ./cmd/oauthmark

.PHONY: bench
bench: build ## run the main job: opaque or self-contained? (PROFILE=quick|standard|thorough)
	$(BIN) run --profile $(PROFILE) $(ARGS)

.PHONY: conform
conform: build ## judge the reference issuer (ARGS="--target oidc-provider" for another)
	$(BIN) conform $(ARGS)

.PHONY: test
test: ## run the tests: no Docker, no network but Go modules
	go vet ./...
	go test ./...

.PHONY: test-race
test-race: ## run the tests under the race detector
	go test -race ./...

.PHONY: test-container
test-container: ## run the tests that need a Docker engine
	OAUTHMARK_TEST_CONTAINER=1 CGO_ENABLED=0 go test -count=1 -v ./targets/launch/container
	OAUTHMARK_TEST_CONTAINER=1 CGO_ENABLED=0 go test -count=1 -v -run Container ./cmd/oauthmark

.PHONY: test-real
test-real: ## run the tests against real servers (needs Node.js 20 and npm)
	OAUTHMARK_TEST_REAL=1 go test -count=1 -v -run Real ./targets/... ./cmd/oauthmark

.PHONY: test-stores
test-stores: ## run the tests of the stores, and of issuer and verifier on them (needs PostgreSQL's and Redis's server programs)
	OAUTHMARK_TEST_STORES=1 go test -race -count=1 -v ./reference/store/...
	OAUTHMARK_TEST_STORES=1 go test -race -count=1 -v -run StoreOutage ./cmd/oauthmark
	OAUTHMARK_TEST_STORES=1 go test -race -count=1 -v -run 'OnRedis|OnPostgres|OnSQLite' ./reference/verifier
	OAUTHMARK_TEST_STORES=1 go test -race -count=1 -v -run OnRedis ./scenarios/cost
	OAUTHMARK_TEST_STORES=1 go test -race -count=1 -v -run 'OnRedis|OnPostgres' ./scenarios/load
	OAUTHMARK_TEST_STORES=1 go test -race -count=1 -v -run '^TestCorpus(Plays)?$$/^shared-' ./reference/verifier

.PHONY: test-thirdparty
test-thirdparty: ## judge Wycheproof's vectors, and the corpus with other JWT libraries (downloads 26 MB)
	cd reference/verifier/thirdparty && go vet ./... && go test -count=1 -v ./...

.PHONY: fuzz
fuzz: ## run each fuzz test for FUZZTIME (2m)
	.ci/fuzz $(FUZZTIME)

.PHONY: bench-self
bench-self: build ## measure our own performance bounds; fails when one falls short
	CGO_ENABLED=0 go build -trimpath -o bin/bench-self ./cmd/bench-self
	bin/bench-self $(BIN)
	cd reference/verifier/thirdparty && go test -count=1 -run '^$$' -bench Libraries ./...

.PHONY: clean
clean: ## remove what was built
	rm -rf bin
