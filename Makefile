# Two commands matter: `make run` and `make test`. Both set the machine up first; a second time that takes under a second.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c

PRESET ?= standard
PREFIX ?= /opt/vivavoce
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vivavoce
SETUP := python3 Setup/setup.py
# SwiftPM remembers what it read from the manifest and looks again only when the environment differs. So the engines'
# folder is named in it, once there is one.
SWIFT = VIVAVOCE_VENDOR="$$(cd vendor 2>/dev/null && pwd -P)" swift

# One optimised build serves and is tested, so that nothing is compiled twice.
BUILD := -c release -Xswiftc -enable-testing

# Small models say what they like: of tests that talk to them, those that failed are run once more, in sight of all.
pytest = { "$(1)/bin/python" -m pytest -o cache_dir=$(CURDIR)/.build/pytest/$(2) $(3) \
	|| { echo "Once more, what failed:"; "$(1)/bin/python" -m pytest -o cache_dir=$(CURDIR)/.build/pytest/$(2) --last-failed $(3); }; }

# libgomp reads it when it is loaded. Threads that spin while they wait starve each other on a busy machine.
export OMP_WAIT_POLICY := passive

.PHONY: help run setup build install test check page lint docs api clean

help:
	@echo "make run     set up, build and serve on this machine (PRESET=small, standard or large; now $(PRESET))"
	@echo "make test    set up, build and run the tests"
	@echo "make check   the tests, the style, and what takes longer; what CI runs"
	@echo "make setup   only fetch and build what the server needs from outside"
	@echo "make build   set up and build the server"
	@echo "make page    test the playground in a browser"
	@echo "make install  copy all that a server needs into a folder (PREFIX=$(PREFIX)); docs/deploying.md"
	@echo "make docs    build the documentation of the SDK, with its tutorial, into .build-docs"
	@echo "make api     tell what would break programs that use the SDK since a version: make api BEFORE=0.1.0"
	@echo "make lint    check the style of the Swift sources"
	@echo "make clean   remove what was built here (the cache stays: $(CACHE))"

run: build
	exec .build/release/vivavoce serve --preset "$$(cat '$(CACHE)/preset' 2>/dev/null || echo $(PRESET))"

setup:
	@$(SETUP) --preset $(PRESET)

build: setup
	$(SWIFT) build $(BUILD) --product vivavoce

# Not as root: what is built is copied, so that nothing of the user who built it is needed to run it.
install: build
	python3 Setup/install.py '$(PREFIX)' --preset $(PRESET)

test:
	@$(SETUP) --preset standard --preset small --tests
	'$(CACHE)/venvs/openai-ga/bin/python' -m pytest -q -p no:cacheprovider -p no:asyncio Setup/tests
	$(SWIFT) build --build-tests $(BUILD)
	@# The log is long: what failed is said once more at its end.
	$(SWIFT) test --skip-build $(BUILD) 2>&1 | tee .build/tests.log || { grep '✘' .build/tests.log; exit 1; }
	@if [ -d Tests/StockClients ]; then for client in openai-ga openai-beta; do \
	    echo "Stock clients: $$client"; \
	    $(call pytest,$(CACHE)/venvs/$$client,$$client,Tests/StockClients) || exit 1; \
	done; fi

check: lint test
	VIVAVOCE_SOAK=1 $(SWIFT) test --skip-build $(BUILD) --filter LeakTests
	VIVAVOCE_SOAK=1 $(SWIFT) test --skip-build $(BUILD) --filter RandomClientTests
	@$(SETUP) --preset none --frameworks
	@# Each in a process of its own, as each changes asyncio in its own way.
	@for tests in Tests/AgentFrameworks/test_*.py; do \
	    echo "Agent frameworks: $$tests"; \
	    $(call pytest,$(CACHE)/venvs/frameworks,$$(basename $$tests),$$tests) || exit 1; \
	done
	@echo "Quickstarts and examples"
	@$(call pytest,$(CACHE)/venvs/quickstarts,quickstarts,Tests/Quickstarts)
	@$(MAKE) --no-print-directory page
	Fuzzing/run 60
	$(MAKE) --no-print-directory docs

# The playground: its types, its modules by themselves, and all of it in a browser against the server.
page: build
	@$(SETUP) --preset standard --preset small --tests --browser
	@echo "Playground"
	tsc -p Sources/Playground/web/jsconfig.json
	node --test $(wildcard Tests/Playground/*/*.test.js)
	@$(call pytest,$(CACHE)/venvs/playground,playground,Tests/Playground)

# In a build folder of its own: it is built without optimisation, and with the plugin.
docs:
	VIVAVOCE_DOCS=1 $(SWIFT) package --scratch-path .build-docs generate-documentation --warnings-as-errors \
	    --target RealtimeProtocol --target AzureIdentity --target RealtimeClient

# What would break programs that use the SDK, since the version BEFORE: `make api BEFORE=0.1.0`.
api:
	$(SWIFT) package --scratch-path .build-api diagnose-api-breaking-changes $(BEFORE) \
	    --products RealtimeProtocol RealtimeClient AzureIdentity

lint:
	swift format lint --strict --recursive Sources Tests Plugins Package.swift

clean:
	rm -rf .build .build-docs .build-api vendor
