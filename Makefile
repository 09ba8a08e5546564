# Targets carry their help after ##; bare `make` prints it.
SHELL := /bin/bash
.DEFAULT_GOAL := help

STACK ?= staging
# Compiles at a time. A package of the Google SDK takes up to 5 GiB, so a
# machine with little memory compiles one at a time.
GO_P ?= $(shell awk '/MemTotal/ {n = $$2 > 12000000 ? 2 : 1} END {print n ? n : 1}' /proc/meminfo 2>/dev/null || echo 1)
export GOFLAGS ?= -buildvcs=false -p=$(GO_P)

# The directory that holds everything that is built and run here.
export AVILA_SANDBOX := $(CURDIR)/.sandbox
BIN := $(AVILA_SANDBOX)/bin
SANDBOX := $(BIN)/sandbox

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  STACK=staging|prod chooses the stack of up, preview and down; staging unless set."

.PHONY: dev
dev: ## Run the SaaS on this machine until Ctrl-C, with live reload; ARGS=-h shows its flags
	@command -v go >/dev/null || { echo "error: go is not on the PATH; install Go 1.26 or later from https://go.dev/dl" >&2; exit 1; }
	@go build -o .dev/bin/dev ./dev/cmd/dev
	@exec .dev/bin/dev $(ARGS)

.PHONY: compose-files
compose-files: ## Write compose.yaml and what its containers mount, for those who prefer Docker
	@go run ./dev/cmd/dev -compose

.PHONY: sandbox-cli
sandbox-cli:
	@command -v go >/dev/null || { echo "error: go is not on the PATH; install Go 1.26 or later from https://go.dev/dl" >&2; exit 1; }
	@test -x $(SANDBOX) || echo "compiling the sandbox's command line (once; about a minute)"
	@go build -o $(SANDBOX) ./sandbox/cmd/sandbox || { echo "error: Go could not build the sandbox's command line; if it names no file of the repository, look at its caches (go env GOCACHE GOMODCACHE): they need HOME set, room, and leave to write" >&2; exit 1; }

.PHONY: up
up: sandbox-cli ## Deploy STACK into the embedded cloud, under the policy pack
	@$(SANDBOX) up --stack $(STACK)

.PHONY: preview
preview: sandbox-cli ## Show what up would change
	@$(SANDBOX) preview --stack $(STACK)

.PHONY: down
down: sandbox-cli ## Destroy STACK and stop its processes
	@$(SANDBOX) down --stack $(STACK)

.PHONY: reset
reset: sandbox-cli ## Remove every stack of the sandbox by force; the tools stay
	@$(SANDBOX) reset

.PHONY: tools
tools: sandbox-cli ## Build what the sandbox runs: pulumi, etcd, kube-apiserver, kubectl, ko
	@$(SANDBOX) tools

.PHONY: images
images: tools ## Build the images of the apps and print their digests
	@$(SANDBOX) images

.PHONY: test
test: tools test-deps lint ## Run every check and test
	@cd apps && go test ./...
	@go test -timeout 40m ./...

# The real programs that tests start, by Debian's packages. Only what is absent
# is installed; nothing of it is left running.
export PATH := $(PATH):/usr/sbin
.PHONY: test-deps bench-deps
test-deps: programs := nginx:nginx-light initdb:postgresql pgbouncer:pgbouncer redis-server:redis-server prometheus:prometheus chromium:chromium
test-deps: ## Install what tests run for real: nginx, PostgreSQL, PgBouncer, Redis, Prometheus, Chromium
bench-deps: programs := initdb:postgresql pgbouncer:pgbouncer node:nodejs npm:npm
test-deps bench-deps:
	@missing=""; \
	for pair in $(programs); do \
		PATH="$$PATH:$$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)" command -v $${pair%%:*} >/dev/null || missing="$$missing $${pair#*:}"; \
	done; \
	[ -z "$$missing" ] || { \
		command -v apt-get >/dev/null || { echo "error: install these, which $(@:%-deps=make %) runs:$$missing" >&2; exit 1; }; \
		root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
		echo "installing what $(@:%-deps=make %) runs:$$missing"; \
		$$root apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive $$root apt-get install -y -qq --no-install-recommends $$missing >/dev/null; }

.PHONY: lint
lint: $(BIN)/golangci-lint ## Check formatting, vet and lint all Go code
	@$(BIN)/golangci-lint run ./...
	@cd apps && $(BIN)/golangci-lint run --config ../.golangci.yml ./...

$(BIN)/golangci-lint: tools/golangci-lint/go.mod tools/golangci-lint/go.sum
	@echo "building golangci-lint (once; about a minute)"
	@cd tools/golangci-lint && go build -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

.PHONY: fmt
fmt: ## Format all Go code
	@gofmt -w $$(git ls-files '*.go')

.PHONY: audit
audit: ## List the controls of the policy pack, and run the proof of each
	@mkdir -p out
	@go run ./policies -list | tee out/controls.txt
	@go test -count=1 -v ./policies/... > out/proof.txt && grep -c '^ *--- PASS' out/proof.txt | sed 's/$$/ cases prove them; see out\/proof.txt/' || { cat out/proof.txt; exit 1; }

.PHONY: cost
cost: ## Print what STACK costs a month; BASE=<git ref> shows what a change makes
	@go run ./cost/cmd/cost -stack $(STACK) -base "$(BASE)" -json out/cost-$(STACK).json

.PHONY: bench
bench: tools bench-deps ## Measure against the limits, into out/bench.json; OF=sandbox or OF=apps measures one
	@go run ./sandbox/cmd/bench $(OF)

.PHONY: deploy-staging deploy-prod
deploy-staging: ## Deploy staging to Google Cloud, with your own pulumi and credentials
deploy-prod: ## Deploy prod to Google Cloud, with your own pulumi and credentials
deploy-staging deploy-prod:
	@case "$${PULUMI_BACKEND_URL:-}" in file://*) echo "error: PULUMI_BACKEND_URL is $$PULUMI_BACKEND_URL, the sandbox's; open a shell without .sandbox/env.sh" >&2; exit 1;; esac
	pulumi up --stack $(@:deploy-%=%) --policy-pack policies
