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
.PHONY: help print-logs packages test-packages man-packages deb-packages run test lint fuzz tsan release man \
    install uninstall deb pictures installcheck clean

help:
	@echo 'make run       install what is missing, build, and run gafferd with Config/example.ini'
	@echo 'make test      install what is missing, build, and run all tests'
	@echo 'make lint      strict format, no warnings, no undeclared dependency between targets'
	@echo 'make fuzz      the parsers of what comes from outside, a while each; FUZZ_SECONDS=20'
	@echo 'make tsan      the tests of the libraries under the thread sanitizer'
	@echo 'make release   the programs in .build-release/bin: optimised, without a Swift runtime to install'
	@echo 'make man       the manual pages in .build-man'
	@echo 'make deb       a package for Debian in .build-deb'
	@echo 'make pictures  those of the README, taken of the programs in .build/debug'
	@echo 'make clean     remove what was built and what make run left'
	@echo
	@echo 'make install   programs, units and configuration into the system; with PREFIX=/usr/local, DESTDIR= and'
	@echo '               PROGRAMS=DIR, which has the programs, instead of building them'
	@echo 'make uninstall takes them away, and leaves /etc/gaffer'
	@echo 'make installcheck  tests the optimised programs as they would be installed'

packages:
	@.ci/install

man-packages:
	@.ci/install man

deb-packages:
	@.ci/install deb

test-packages:
	@.ci/install test
	@.ci/python

run: packages
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

# One target after the other: tests in one process share two threads, and those that talk to a client of somebody else
# would find it out of patience. Programs and machines are together, since they share out the cores among themselves.
TEST_SUITES := GafferModelTests GafferSystemTests GafferConfigTests GafferAuthTests GafferTests GafferSystemdTests \
    WebServerTests WebChannelsTests WebClientTests GafferHTTPTests GafferctlTests GafferCommandTests Program+Systemd
TEST_LOGS := $(TEST_SUITES:%=.build-logs/test-%.log)

test: test-packages
	swift build --build-tests $(FLAGS)
	@rm -f $(TEST_LOGS); failed=0; \
	for suite in $(TEST_SUITES); do \
	    filter="^$$suite\."; [ $$suite != Program+Systemd ] || filter='^(ProgramTests|SystemdTests)\.'; \
	    .ci/test ".build-logs/test-$$suite.log" --skip-build $(FLAGS) --filter "$$filter" || failed=1; \
	done; \
	.ci/count $(TEST_LOGS) | awk '{ print "all tests: " $$1 " passed, " $$2 " failed" }'; \
	exit $$failed

lint: packages
	swift format lint --strict --parallel --recursive $(SOURCES)
	@find Sources Tests -name '*.swift' -o -name '*.c' | xargs wc -l | \
	    awk '$$2 != "total" && $$1 > 500 { print "warning: " $$2 " has " $$1 " lines; 500 are many" }'
	swift build --build-tests $(FLAGS)

# The parsers of what comes from outside, each for so many seconds of libFuzzer.
FUZZ_TARGETS := WebSocketFrames SockJSMessages ChannelMessages RequestBodies
FUZZ_SECONDS ?= 20

fuzz: packages
	@for target in $(FUZZ_TARGETS); do Tests/Fuzz/run $$target $(FUZZ_SECONDS) || exit 1; done

# For .ci/run, which counts what they say.
print-logs:
	@echo $(TEST_LOGS) $(TSAN_SUITES:%=.build-logs/tsan-%.log) .build-logs/installcheck.log

# SANITIZE_THREAD: see Sources/GafferSystem/Loop/SanitizedMutex.swift.
TSAN_FLAGS := --sanitize=thread --scratch-path .build-tsan --explicit-target-dependency-import-check error

# One after the other: slowed down by the sanitizer, blocking tests of one would starve the others' two threads.
TSAN_SUITES := GafferModelTests GafferSystemTests GafferSystemdTests GafferTests GafferAuthTests \
    WebChannelsTests GafferHTTPTests GafferctlTests GafferCommandTests

tsan: packages
	SANITIZE_THREAD=1 swift build --build-tests $(TSAN_FLAGS)
	@for suite in $(TSAN_SUITES); do \
	    TSAN_OPTIONS='suppressions=$(CURDIR)/.ci/tsan' SANITIZE_THREAD=1 .ci/test ".build-logs/tsan-$$suite.log" --skip-build $(TSAN_FLAGS) \
	        --filter "^$$suite\." || exit 1; \
	done

# libstdc++ is linked statically too: it is needed by the Swift runtime alone, and looking its symbols up at each start
# costs gafferctl a third of its time.
TOOLS := gafferd gafferctl gaffer
RELEASE_FLAGS := -c release --static-swift-stdlib --scratch-path .build-release $(FLAGS) \
    -Xlinker -L'$(CURDIR)/.build-release/lib' -Xswiftc -Xclang-linker -Xswiftc -static-libgcc -Xlinker --gc-sections

release: packages
	@mkdir -p .build-release/bin .build-release/lib
	@ln -sf "$$(g++ -print-file-name=libstdc++.a)" .build-release/lib/libstdc++.a
	@for program in $(TOOLS); do swift build $(RELEASE_FLAGS) --product $$program || exit 1; done
	@for program in $(TOOLS); do \
	    strip -o .build-release/bin/$$program .build-release/release/$$program; \
	done
	@ls -l .build-release/bin

# ---------------------------------------------------------------------------------------------------------------------
# Manual pages, by the programs that were built: those of the tools are told by the tools themselves.

VERSION := $(shell sed -n 's/.*current = "\(.*\)"/\1/p' Sources/GafferModel/GafferVersion.swift)
# The day in what is built, in seconds since 1970: that of the last change, so that it comes out the same everywhere.
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2> /dev/null || stat -c %Y CHANGELOG.md)
MAN_DIR ?= .build-man
MAN_TOOLS := gaffer.1 gafferctl.1
MAN_ARTICLES := gafferd.ini.5 gaffer-api.7 gaffer-events.7 gafferd.8
# The pages below share/man, as man1/gaffer.1.
MAN_PAGES := $(foreach page,$(MAN_TOOLS) $(MAN_ARTICLES),man$(subst .,,$(suffix $(page)))/$(page))

man: $(if $(PROGRAMS),,man-packages)
	@[ -n '$(PROGRAMS)' ] || for program in gaffer gafferctl; do \
	    swift build -c $(CONFIGURATION) $(FLAGS) --product $$program || exit 1; \
	done
	@set -e; epoch=$(SOURCE_DATE_EPOCH); from='$(or $(PROGRAMS),.build/$(CONFIGURATION))'; to='$(MAN_DIR)'; \
	day=$$(date --utc --date="@$$epoch" +%Y-%m-%d); \
	for path in $(MAN_PAGES); do \
	    page=$${path#*/}; mkdir -p "$$to/$${path%/*}"; \
	    case $$page in \
	        *.1) SOURCE_DATE_EPOCH=$$epoch "$$from/$${page%.1}" __manual ;; \
	        *) Config/man/page "Config/man/$$page.md" '$(VERSION)' "$$day" ;; \
	    esac > "$$to/$$path.new"; \
	    sed 's,/usr/share/doc/gaffer,$(DOC),g' "$$to/$$path.new" > "$$to/$$path"; rm "$$to/$$path.new"; \
	done

# ---------------------------------------------------------------------------------------------------------------------
# Installation. systemd looks for units, snippets and catalogs below /usr/local/lib and /usr/lib alike.

PREFIX ?= /usr/local
DESTDIR ?=
# Empty: they are built.
PROGRAMS ?=

BIN := $(PREFIX)/bin
LIB := $(PREFIX)/lib
DOC := $(PREFIX)/share/doc/gaffer
MAN := $(PREFIX)/share/man
ARTICLES := API.md Configuration.md Gafferctl.md Moving.md Procfile.md Routes.md Systemd.md
PAGES := $(addprefix Sources/gafferd/Documentation.docc/,$(ARTICLES))
# Where the shells look, with PROGRAM in the place of the program's name.
COMPLETIONS_BASH := $(PREFIX)/share/bash-completion/completions/PROGRAM
COMPLETIONS_ZSH := $(PREFIX)/share/zsh/vendor-completions/_PROGRAM
COMPLETIONS_FISH := $(PREFIX)/share/fish/vendor_completions.d/PROGRAM.fish
# Everything that `uninstall` takes away. What stands in /etc/gaffer is its administrator's.
INSTALLED := $(addprefix $(BIN)/,$(TOOLS)) $(addprefix $(MAN)/,$(MAN_PAGES)) \
    $(foreach program,gaffer gafferctl,$(subst PROGRAM,$(program),\
        $(COMPLETIONS_BASH) $(COMPLETIONS_ZSH) $(COMPLETIONS_FISH))) \
    $(LIB)/systemd/system/gafferd.service $(LIB)/systemd/system/gafferd.socket \
    $(LIB)/systemd/user/gafferd.service $(LIB)/systemd/user/gafferd.socket \
    $(LIB)/systemd/catalog/gaffer.catalog $(LIB)/sysusers.d/gaffer.conf $(LIB)/tmpfiles.d/gaffer.conf \
    $(addprefix $(DOC)/,README.md CHANGELOG.md LICENSE $(ARTICLES))
# Whether the system that runs here is the one that is installed into.
IS_LIVE := [ -z '$(DESTDIR)' ] && [ -d /run/systemd/system ]

install: $(if $(PROGRAMS),,man-packages release)
	@case '$(PREFIX)' in /*[[:space:],]*|[!/]*|'') echo 'PREFIX is an absolute path without blanks.' >&2; exit 1;; esac
	@from='$(or $(PROGRAMS),.build-release/bin)'; for program in $(TOOLS); do \
	    install -D -m 755 "$$from/$$program" "$(DESTDIR)$(BIN)/$$program" || exit 1; \
	done
	@$(MAKE) --no-print-directory man PROGRAMS='$(or $(PROGRAMS),.build-release/bin)' MAN_DIR='$(DESTDIR)$(MAN)' \
	    PREFIX='$(PREFIX)' SOURCE_DATE_EPOCH='$(SOURCE_DATE_EPOCH)'
	@set -e; from='$(or $(PROGRAMS),.build-release/bin)'; for program in gaffer gafferctl; do \
	    for place in bash:$(COMPLETIONS_BASH) zsh:$(COMPLETIONS_ZSH) fish:$(COMPLETIONS_FISH); do \
	        file="$(DESTDIR)$$(echo "$${place#*:}" | sed "s,PROGRAM,$$program,")"; \
	        "$$from/$$program" completions "$${place%%:*}" | install -D -m 644 /dev/stdin "$$file"; \
	    done; \
	done
	@for unit in system/gafferd.service system/gafferd.socket user/gafferd.service user/gafferd.socket; do \
	    sed 's,/usr/local/bin/,$(BIN)/,g' "systemd/$${unit#system/}" | \
	        install -D -m 644 /dev/stdin "$(DESTDIR)$(LIB)/systemd/$$unit" || exit 1; \
	done
	@install -D -m 644 systemd/gaffer.sysusers.conf '$(DESTDIR)$(LIB)/sysusers.d/gaffer.conf'
	@install -D -m 644 systemd/gaffer.tmpfiles.conf '$(DESTDIR)$(LIB)/tmpfiles.d/gaffer.conf'
	@sed 's,/usr/share/,$(PREFIX)/share/,' systemd/gaffer.catalog | \
	    install -D -m 644 /dev/stdin '$(DESTDIR)$(LIB)/systemd/catalog/gaffer.catalog'
	@install -d -m 755 '$(DESTDIR)$(DOC)'
	@install -m 644 README.md CHANGELOG.md LICENSE $(PAGES) '$(DESTDIR)$(DOC)'
	@install -d -m 755 '$(DESTDIR)/etc/gaffer/conf.d'
	@file='$(DESTDIR)/etc/gaffer/gafferd.ini'; \
	if [ ! -e "$$file" ] && [ ! -L "$$file" ]; then install -m 644 Config/gafferd.ini "$$file"; \
	elif cmp -s Config/gafferd.ini "$$file"; then :; \
	else install -m 644 Config/gafferd.ini "$$file.new" && echo "$$file is kept; this version's is $$file.new."; fi
	@echo 'Installed below $(DESTDIR)$(PREFIX) and in $(DESTDIR)/etc/gaffer.'
	@if $(IS_LIVE); then set -ex; \
	    systemd-sysusers '$(LIB)/sysusers.d/gaffer.conf'; \
	    systemd-tmpfiles --create '$(LIB)/tmpfiles.d/gaffer.conf'; \
	    journalctl --quiet --update-catalog; \
	    systemctl daemon-reload; \
	fi
	@case '$(PREFIX)' in /usr|/usr/local) ;; *) \
	    echo 'systemd looks in /usr and /usr/local only: link what stands in $(LIB) there.' ;; esac
	@if $(IS_LIVE) && systemctl --quiet is-active gafferd.service; then \
	    echo 'The gafferd that runs is the old one until `systemctl restart gafferd`.'; fi

uninstall:
	@if $(IS_LIVE) && [ -e '$(LIB)/systemd/system/gafferd.service' ]; then set -ex; \
	    systemctl --quiet disable --now gafferd.service gafferd.socket || true; \
	    systemctl --quiet --global disable gafferd.service gafferd.socket || true; \
	fi
	@rm -f $(INSTALLED:%='$(DESTDIR)%')
	@rmdir '$(DESTDIR)$(DOC)' 2> /dev/null || true
	@if $(IS_LIVE); then set -ex; \
	    journalctl --quiet --update-catalog; \
	    systemctl daemon-reload; \
	fi
	@echo 'Uninstalled; $(DESTDIR)/etc/gaffer, $(DESTDIR)/var/lib/gaffer and the group gaffer stay.'

# A package for Debian and its relatives; PROGRAMS=DIR takes what stands there. See Config/debian/build.
DEB_DIR ?= .build-deb
DEB_REVISION ?= 1

deb: $(if $(PROGRAMS),,deb-packages release)
	@$(if $(PROGRAMS),:,.ci/linkage $(addprefix .build-release/bin/,$(TOOLS)))
	@PROGRAMS='$(or $(PROGRAMS),.build-release/bin)' SOURCE_DATE_EPOCH='$(SOURCE_DATE_EPOCH)' \
	    Config/debian/build '$(VERSION)-$(DEB_REVISION)' '$(DEB_DIR)'

PICTURES := Sources/gafferd/Documentation.docc/Resources

pictures: packages
	@command -v tmux > /dev/null || { echo 'Pictures are taken by tmux: apt-get install tmux' >&2; exit 1; }
	swift build -c $(CONFIGURATION) $(FLAGS)
	@mkdir -p $(PICTURES)
	@Tests/Pictures/make .build/$(CONFIGURATION) $(PICTURES)

# The optimised programs, without the Swift runtime, in a machine of their own: see Tests/SystemdTests.
installcheck: test-packages release
	@.ci/linkage $(addprefix .build-release/bin/,$(TOOLS))
	swift build --build-tests $(FLAGS)
	@GAFFER_TEST_WITHOUT_SWIFT=yes GAFFER_TEST_PROGRAMS='$(CURDIR)/.build-release/bin' \
	    .ci/test .build-logs/installcheck.log --skip-build $(FLAGS) \
	    --filter '^SystemdTests\.(InstallTests|PackageTests|AdministratorsDayTests|ServiceTests)'

clean:
	rm -rf .build .build-*
