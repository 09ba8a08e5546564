# Targets carry their help after ##; bare `make` prints it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export GOFLAGS ?= -buildvcs=false
# One compile at a time: a Google SDK package takes up to 5 GB.
GO_P ?= 1
BIN := $(CURDIR)/.sandbox/bin

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: fmt
fmt: ## Format all Go code
	gofmt -w $$(git ls-files '*.go')

.PHONY: lint
lint: ## Check formatting and vet all Go code
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted; run make fmt:"; echo "$$unformatted"; exit 1; fi
	go vet -p $(GO_P) ./...

.PHONY: test
test: lint ## Run every check and test
	go test -p $(GO_P) ./...
