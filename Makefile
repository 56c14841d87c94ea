# The commands of this project; `make help` lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help

TARGET := $(or $(CARGO_TARGET_DIR),target)
WEB := web-client
WEB_PACKAGES := $(WEB)/node_modules/.package-lock.json
WEB_DIST := $(WEB)/dist/index.html
WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/public -type f 2>/dev/null) \
	$(wildcard $(WEB)/index.html $(WEB)/vite.config.ts $(WEB)/tsconfig.json)

# Further flags for the server, e.g. make run ARGS="--http-port 9443"
ARGS ?=

.PHONY: help run build test test-slow fuzz check fmt web web-packages server programs setup setup-test setup-bench bench

help: ## This list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

run: setup web server ## Set everything up and start a server with demo data
	@exec $(TARGET)/release/diemcau serve --demo $(ARGS)

build: setup web programs ## Build all that runs: web client, server and bench, release

test: setup-test ## All tests, cheapest first; the last line is `N passed, N failed`
	@node .ci/stages/main.mjs

test-slow: setup-test ## Tests that take minutes
	@node .ci/stages/main.mjs --slow

FUZZ_S ?= 20

fuzz: ## Every fuzz target for FUZZ_S seconds; needs nightly and cargo-fuzz
	@set -e; for folder in media/fuzz signalling/fuzz; do \
	  for target in $$(cargo +nightly fuzz list --fuzz-dir $$folder); do \
	    echo "== $$folder $$target"; \
	    cargo +nightly fuzz run --fuzz-dir $$folder $$target -- -max_total_time=$(FUZZ_S) -timeout=10 -verbosity=0 -print_final_stats=1; \
	  done; \
	done

check: ## Structure, format and lints, without tests
	@node .ci/stages/main.mjs structure format lint

fmt: web-packages ## Format everything
	cargo fmt --all
	npm --prefix $(WEB) run --silent format

web: $(WEB_DIST)

web-packages: $(WEB_PACKAGES)

$(WEB_PACKAGES): $(WEB)/package-lock.json
	@echo "Web client: fetching packages …"
	@npm ci --prefix $(WEB) --no-audit --no-fund
	@touch $@

$(WEB_DIST): $(WEB_PACKAGES) $(WEB_SOURCES)
	@echo "Web client: building …"
	@npm --prefix $(WEB) run --silent build
	@touch $@

server:
	@cargo build --release --locked --package diemcau --package diemcau-mixer --package diemcau-recorder

programs:
	@cargo build --release --locked --package diemcau --package diemcau-mixer --package diemcau-recorder --package loadtest --package mix-load

setup:
	@deploy/setup/packages.sh run

setup-test:
	@deploy/setup/packages.sh test
	@deploy/setup/programs.sh

# e.g. make bench BENCH="--receivers 50 --seconds 5" SCENARIOS="bursts storm" RUNS=1
BENCH ?=
RUNS ?= 3
SCENARIOS ?= bursts spaced curve meeting storm loss narrowed speaker
PEERS ?= janus,livekit,galene,webrtc-rs
RESULTS = $(TARGET)/bench-results/$(shell date -u +%Y%m%dT%H%M%SZ)

bench: setup-bench programs ## All figures, beside the servers of others; results in target/bench-results
	@folder="$(RESULTS)"; mkdir -p "$$folder"; for name in $(SCENARIOS); do \
	  $(TARGET)/release/loadtest scenario $$name --runs $(RUNS) $(BENCH) \
	    $$(case $$name in bursts|spaced|meeting) echo --peers $(PEERS);; esac) \
	    --baseline docs/benchmarks/baselines.json --json "$$folder/$$name.json" --html "$$folder/$$name.html" || failed=1; \
	done; $(TARGET)/release/loadtest lead --json "$$folder/lead.json" || failed=1; \
	$(TARGET)/release/loadtest mix --runs $(RUNS) --json "$$folder/mix.json" || failed=1; \
	$(TARGET)/release/loadtest viewers --json "$$folder/viewers.json" || failed=1; \
	echo "Results: $$folder"; exit $${failed:-0}

setup-bench: ## What the bench needs: pictures and speech to send, servers of others to compare with
	@deploy/setup/packages.sh bench
	@deploy/setup/material.sh
	@deploy/setup/peers.sh
