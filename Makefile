# kubevidence. `make` shows the targets.

GO       ?= go
TESTFLAGS ?=
BIN      := bin/kubevidence
EXAMPLE  := examples/cluster
AT       := 2026-11-22T12:00:00Z
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null)
COMMIT   ?= $(shell git rev-parse HEAD 2>/dev/null)
LDFLAGS  := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)

.PHONY: help
help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/kubevidence
	$(GO) build -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/kubevidence

.PHONY: demo
demo: build ## Scan the non-conforming example offline and write its evidence
	@rm -rf evidence/demo
	@$(BIN) scan --input $(EXAMPLE)/nonconforming --config $(EXAMPLE)/nonconforming.kubevidence.yaml \
	    --at $(AT) --output-dir evidence/demo; \
	  code=$$?; echo; echo "exit code $$code (3: deviations found, as intended for this example)"; test $$code -eq 3

.PHONY: demo-live
demo-live: build ## Scan both examples on a real API server with a real cert-manager
	@rm -rf evidence/demo-live
	cd test/live && $(GO) run ./demo -repository ../.. -kubevidence $(BIN) -output-dir evidence/demo-live

.PHONY: test
test: test-unit test-oscal test-browser test-live ## Run every test: units, command line, NIST's schema, the report in a browser, and a real control plane

.PHONY: test-unit
test-unit: ## Run the tests that need nothing but Go
	$(GO) test $(TESTFLAGS) ./...

.PHONY: test-oscal
test-oscal: ## Hold the OSCAL form against NIST's schema
	cd test/oscal && $(GO) test $(TESTFLAGS) ./...

.PHONY: test-browser
test-browser: ## Open the HTML report in Chromium: filters, search, print, accessibility
	cd test/browser && $(GO) test $(TESTFLAGS) ./...

.PHONY: test-live
test-live: ## Run the tests against a real API server, etcd, cert-manager and ACME server
	cd test/controlplane && $(GO) run ./cmd/controlplane -build-only
	cd test/controlplane && $(GO) test $(TESTFLAGS) ./...
	cd test/live && $(GO) test $(TESTFLAGS) -timeout 20m ./...

.PHONY: bench
bench: ## Run the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

.PHONY: bench-live
bench-live: build ## Measure a scan of 20,000 Pods against the floor of raw reads
	cd test/live && $(GO) run ./bench -kubevidence ../../$(BIN)

.PHONY: docs
docs: ## Write the generated documentation and goldens anew
	$(GO) test ./report ./cmd/kubevidence ./examples -update

.PHONY: lint
lint: ## Format, vet and lint
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	@if command -v golangci-lint >/dev/null; then golangci-lint run; else echo "golangci-lint isn't installed: formatted and vetted only"; fi

.PHONY: check
check: lint test ## What CI runs
