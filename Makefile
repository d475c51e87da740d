# `make run` and `make test` do all the set-up; `make help` tells of the rest.

# debug is built in half the time of release and shared with the tests; `make run CONFIGURATION=release` is the
# other one.
CONFIGURATION ?= debug
# Where `make run` keeps its socket, its state and its logs. The path of a unix socket has room for 107 bytes.
RUN_DIR ?= $(CURDIR)/.build-run

# The same flags everywhere, so that nothing is built twice.
FLAGS := --explicit-target-dependency-import-check error -Xswiftc -warnings-as-errors
SOURCES := Sources Tests Package.swift

.DEFAULT_GOAL := help
.PHONY: help install run test lint tsan release clean

help:
	@echo 'make run       install what is missing, build, and run gafferd with Config/example.ini'
	@echo 'make test      install what is missing, build, and run all tests'
	@echo 'make lint      strict format, no warnings, no undeclared dependency between targets'
	@echo 'make tsan      the tests of the libraries under the thread sanitizer'
	@echo 'make release   gafferd and gafferctl in .build-release/bin: optimised, without a Swift runtime to install'
	@echo 'make clean     remove what was built and what make run left'

install:
	@.ci/install

run: install
	swift build -c $(CONFIGURATION) $(FLAGS)
	@mkdir -p '$(RUN_DIR)'
	@echo
	@echo 'gafferd runs Config/example.ini here; Ctrl-C stops it with all its jobs. In another terminal:'
	@echo
	@echo "  cd '$(CURDIR)'"
	@echo "  export GAFFER_ENDPOINT='unix:$(RUN_DIR)/gafferd.sock'"
	@echo '  .build/$(CONFIGURATION)/gafferctl status'
	@echo '  .build/$(CONFIGURATION)/gafferctl logs ticker'
	@echo '  .build/$(CONFIGURATION)/gafferctl --help'
	@echo
	@echo "without the variable: .build/$(CONFIGURATION)/gafferctl status --endpoint 'unix:$(RUN_DIR)/gafferd.sock'"
	@echo
	@exec .build/$(CONFIGURATION)/gafferd -v -c Config/example.ini \
	    --runtime-dir '$(RUN_DIR)' --state-dir '$(RUN_DIR)/state'

test: install
	swift build --build-tests $(FLAGS)
	@.ci/test .build-logs/test.log $(FLAGS)

lint: install
	swift format lint --strict --parallel --recursive $(SOURCES)
	@find Sources Tests -name '*.swift' -o -name '*.c' | xargs wc -l | \
	    awk '$$2 != "total" && $$1 > 500 { print "warning: " $$2 " has " $$1 " lines; 500 are many" }'
	swift build --build-tests $(FLAGS)

# SANITIZE_THREAD: see Sources/GafferSystem/Loop/SanitizedMutex.swift.
TSAN_FLAGS := --sanitize=thread --scratch-path .build-tsan --explicit-target-dependency-import-check error

# One after the other: slowed down by the sanitizer, blocking tests of one would starve the others' two threads.
TSAN_SUITES := GafferModelTests GafferSystemTests GafferTests GafferHTTPTests

tsan: install
	SANITIZE_THREAD=1 swift build --build-tests $(TSAN_FLAGS)
	@for suite in $(TSAN_SUITES); do \
	    SANITIZE_THREAD=1 .ci/test ".build-logs/tsan-$$suite.log" --skip-build $(TSAN_FLAGS) \
	        --filter "^$$suite\." || exit 1; \
	done

# libstdc++ is linked statically too: it is needed by the Swift runtime alone, and looking its symbols up at each start
# costs gafferctl a third of its time.
RELEASE_FLAGS := -c release --static-swift-stdlib --scratch-path .build-release $(FLAGS) \
    -Xlinker -L'$(CURDIR)/.build-release/lib' -Xswiftc -Xclang-linker -Xswiftc -static-libgcc -Xlinker --gc-sections

release: install
	@mkdir -p .build-release/bin .build-release/lib
	@ln -sf "$$(g++ -print-file-name=libstdc++.a)" .build-release/lib/libstdc++.a
	swift build $(RELEASE_FLAGS) --product gafferd
	swift build $(RELEASE_FLAGS) --product gafferctl
	@for program in gafferd gafferctl; do \
	    strip -o .build-release/bin/$$program .build-release/release/$$program; \
	done
	@ls -l .build-release/bin

clean:
	rm -rf .build .build-*
