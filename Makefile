# SPDX-License-Identifier: Apache-2.0
#
# The everyday commands. CMake does the work (CMakePresets.json); this file only saves typing.
#
#   make              install what is missing, build the web console into web/dist and everything into build/
#   make check        everything that must hold before a change is shared (tools/check)
#   make check-long   the same with the long forms: more seeds, longer fuzzing
#   make demo         the sample federation's night; SPEED=400 AUTO=1
#   make bench        the figures we answer for
#   make screenshots the pictures of the README, from the sample's night
#   make deb          Debian packages, into build/deb/
#   make install      PREFIX=/usr/local DESTDIR=
#   make format-check what clang-format would change (advice, no gate)
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)

.PHONY: all deps web configure build check check-long demo bench screenshots deb install clean format-check

all: build

deps:
	@tools/deps

# Without the npm registry the server is built all the same; it then says on its page how the console is built.
web: deps
	@tools/web-build || echo "web: 画面なしで続けます / going on without the console (tools/web-build)" >&2

configure: deps web
	@test -f build/build.ninja || cmake --preset release

build: configure
	@ninja -C build -j $(JOBS)

check: deps
	@tools/check

check-long: deps
	@BANTO_LONG=1 tools/check

demo: build
	@BANTO_BIN="$(CURDIR)/build/bin" AUTO="$(AUTO)" SPEED="$(SPEED)" sh examples/kokuho/demo.sh

bench: build
	@BANTO_BIN="$(CURDIR)/build/bin" BANTO_BUILD="$(CURDIR)/build" tools/bench

screenshots: build
	@BANTO_BIN="$(CURDIR)/build/bin" tools/screenshots

deb: deps
	@tools/deb

install: build
	@DESTDIR="$(DESTDIR)" cmake --install build --prefix "$(PREFIX)"

clean:
	rm -rf build

format-check: deps
	@if command -v clang-format >/dev/null; then \
	    git ls-files -- '*.c' '*.h' | xargs clang-format --dry-run 2>&1 | grep -c 'warning:' \
	        | sed 's/$$/ places differ from .clang-format (advice only)/'; \
	else echo "clang-format is not installed"; fi
