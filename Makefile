# The list of what can be done here. `make help` prints it.
.DEFAULT_GOAL := help
.SUFFIXES:
SHELL := /bin/bash
MAKEFLAGS += --no-builtin-rules --no-print-directory

ARGS ?=
MESSAGES ?= 10000000
ROUNDS ?= 5
MOMENTS ?= 20
LOADS ?= 1000
GATES ?= 10000
MINUTES ?= 30
CASES ?= 100000
SEED ?=

BIN := node_modules/.bin
SOURCE_DIRS := $(wildcard packages/*/src) tools/src benchmarks/src
SOURCES := $(shell find $(SOURCE_DIRS) -type f \( -name '*.ts' -o -path '*/console/src/*' \) 2>/dev/null) packages/console/bundle.mjs
MANIFESTS := package.json tsconfig.json $(wildcard packages/*/package.json packages/*/tsconfig.json) \
	tools/package.json tools/tsconfig.json benchmarks/package.json benchmarks/tsconfig.json
INSTALLED := node_modules/.mailbeam-installed
BUILT := .cache/built
FORMATTED := "**/*.{ts,mjs,cjs,js,json}"

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: $(BUILT) ## Install, build, start a router on ./data: ws://127.0.0.1:4000, admin 127.0.0.1:4001 (ARGS="--port 5000")
	@exec node packages/cli/bin/mailbeam.js start $(ARGS)

.PHONY: build
build: $(BUILT) ## Install and compile what has changed

.PHONY: test
test: $(INSTALLED) ## Build, check and run every test; the last line is "N passed, N failed"
	@node .config/test.mjs

.PHONY: check
check: types lint rooms format-check docs-check ## Types, lint, rooms, format, documents against code; no tests

.PHONY: types
types: $(BUILT) ## Type-check sources and tests
	@$(BIN)/tsc -p .config/tsconfig.test.json

.PHONY: lint
lint: $(INSTALLED) ## Lint with knowledge of types
	@$(BIN)/oxlint -c .config/oxlintrc.json --quiet packages tools benchmarks

.PHONY: rooms
rooms: $(INSTALLED) ## Check who imports whom
	@$(BIN)/depcruise --config .config/dependency-cruiser.mjs --output-type err packages tools benchmarks

.PHONY: format-check
format-check: $(INSTALLED)
	@$(BIN)/prettier --log-level warn --check $(FORMATTED)

.PHONY: docs-check
docs-check: $(BUILT) ## Compare the documents with the code
	@node tools/dist/house/check-docs.js

.PHONY: format
format: $(INSTALLED) ## Format every source file, and mend what the linter can
	-@$(BIN)/oxlint -c .config/oxlintrc.json --fix --silent packages tools benchmarks
	@$(BIN)/prettier --log-level warn --write $(FORMATTED)

.PHONY: bench
bench: $(BUILT) ## Measure, beside a bare server; prints a table and writes benchmarks/results (ARGS="--short")
	@exec node benchmarks/dist/main.js $(ARGS)

.PHONY: bench-actors
bench-actors: $(BUILT) ## Measure the actors beside Erlang (one scheduler; where erl is installed) and nact (ARGS="--short")
	@exec node benchmarks/dist/actors/main.js $(ARGS)

.PHONY: bench-hot-swap
bench-hot-swap: $(BUILT) ## Measure what swaps under load cost those who talk (ARGS="--short")
	@exec node benchmarks/dist/hot-swap/main.js $(ARGS)

.PHONY: bench-migration
bench-migration: $(BUILT) ## Measure the longest stall while a million actors change their code (ARGS="--short")
	@exec node benchmarks/dist/migration/main.js $(ARGS)

.PHONY: bench-telemetry
bench-telemetry: $(BUILT) ## Measure what statistics and alert rules cost a message (ARGS="--short")
	@exec node benchmarks/dist/telemetry/main.js $(ARGS)

.PHONY: swap-test
swap-test: $(BUILT) ## Swap code 100 times under 5,000 connections and prove that nobody noticed (ARGS="--swaps 20")
	@exec node tools/dist/swap/main.js $(ARGS)

.PHONY: gate-test
gate-test: $(BUILT) ## Load good and bad code as canaries under load: what does the gate say? (ARGS="--same 5")
	@exec node tools/dist/swap/gate-main.js $(ARGS)

.PHONY: gate-odds
gate-odds: $(INSTALLED) ## Let the gate judge made-up figures again and again: how often does it err, and how late is it? (GATES=10000 SEED=1)
	@GATES=$(GATES) $(if $(SEED),SEED=$(SEED)) node --experimental-vm-modules --no-warnings $(BIN)/jest -c .config/jest.config.mjs --selectProjects unit --testPathPatterns packages/code/test/gate.test

.PHONY: crash-test
crash-test: $(BUILT) ## Kill the router at random moments and prove that nothing was lost (ROUNDS=50 SEED=1)
	@exec node tools/dist/crash/main.js --rounds $(ROUNDS) $(if $(SEED),--seed $(SEED)) $(ARGS)

.PHONY: power-test
power-test: $(BUILT) ## Cut the power at random moments of a recording and prove that nothing was lost; wants strace (MOMENTS=20 SEED=1)
	@exec node tools/dist/power/main.js --moments $(MOMENTS) $(if $(SEED),--seed $(SEED)) $(ARGS)

.PHONY: hurt-test
hurt-test: $(BUILT) ## Fill the disk of a router (a small tmpfs, wants root), poison its services, and see it go on (ARGS="-t reserve")
	@node --experimental-vm-modules --no-warnings $(BIN)/jest -c .config/jest.config.mjs --selectProjects faults load --testPathPatterns tools/test/hurt $(ARGS)

.PHONY: storm-test
storm-test: $(BUILT) ## Storm a router, step its clock and torment it: do others notice? (ARGS="--only logins --people 5000")
	@exec node tools/dist/hurt/storm-main.js $(ARGS)

.PHONY: planted-test
planted-test: $(BUILT) ## Take the guards of a router out, one after the other: does each storm find it? With those that the tests leave out (ARGS="-t HELLO")
	@PLANTED=all node --experimental-vm-modules --no-warnings $(BIN)/jest -c .config/jest.config.mjs --selectProjects faults --testPathPatterns tools/test/hurt/planted $(ARGS)

.PHONY: soak
soak: $(BUILT) ## Load a router steadily, with people coming and going: does anything of it grow? (MINUTES=30 SEED=1)
	@exec node tools/dist/soak/main.js --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) $(ARGS)

.PHONY: fuzz
fuzz: $(BUILT) ## Send bad input and compare every answer with an oracle (CASES=100000 SEED=1)
	@exec node tools/dist/fuzz/main.js --cases $(CASES) $(if $(SEED),--seed $(SEED)) $(ARGS)

.PHONY: model-check
model-check: $(BUILT) ## Random runs against the rules of delivery (ARGS="--runs 20000 --seed 1")
	@exec node tools/dist/model/main.js $(ARGS)

.PHONY: heap-test
heap-test: $(INSTALLED) ## Send many messages through mailboxes with and without bounds: the heap stays where it was (MESSAGES=10000000)
	@MESSAGES=$(MESSAGES) node --experimental-vm-modules --no-warnings $(BIN)/jest -c .config/jest.config.mjs --selectProjects unit --testPathPatterns packages/actors/test/heap

.PHONY: code-heap
code-heap: $(BUILT) ## Load many versions of a module, one after the other: the heap stays where it was (LOADS=1000)
	@LOADS=$(LOADS) node --experimental-vm-modules --no-warnings $(BIN)/jest -c .config/jest.config.mjs --selectProjects e2e --testPathPatterns packages/code/test/e2e/heap

.PHONY: clean
clean: ## Remove what was built; keeps node_modules and ./data
	@rm -rf .cache packages/*/dist tools/dist benchmarks/dist coverage

# Installs only when the lock file is newer than the last installation.
$(INSTALLED): package-lock.json | need-node
	@node .config/installed.cjs || { \
	  echo 'Installing (npm ci) ...' >&2 && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null; }
	@touch $@

# Compiles only when a source is newer than the last build, or when what was built is gone.
$(BUILT): $(INSTALLED) $(SOURCES) $(MANIFESTS) $(if $(wildcard packages/cli/dist/main.js),,build-anew)
	@echo 'Compiling ...' >&2
	@$(BIN)/tsc -b
	@node packages/console/bundle.mjs
	@mkdir -p $(@D) && touch $@

.PHONY: need-node build-anew
need-node:
	@command -v node >/dev/null || { \
	  echo "Mailbeam needs Node $$(sed -n 's/.*"node": ">=\(.*\)".*/\1/p' package.json) or newer; there is no node on the PATH." >&2; exit 1; }
	@node .config/need-node.cjs
