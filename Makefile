# SPDX-License-Identifier: MIT
# tare: `make run` boots the appliance and prints its report, `make test` proves it. V=1 shows commands.

B ?= build
V ?= 0
.DEFAULT_GOAL := all

include image/image.mk

# musl's build and QEMU's options cannot be given a path with blanks in it.
ifneq ($(words $(CURDIR) $(B)),2)
$(error "$(CURDIR)": a path without blanks is needed)
endif

VERSION := $(shell cat VERSION)
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
ifdef CI
WARNINGS += -Werror
endif
CPPFLAGS := -Ibench -D_GNU_SOURCE -DTARE_VERSION='"$(VERSION)"'
CFLAGS := -std=gnu11 -O2 -g $(WARNINGS) -ffile-prefix-map=$(CURDIR)=.
MUSL_CC := $(B)/sysroot/bin/musl-gcc
STATIC := -static -no-pie -fno-pie

BENCH_SRC := $(sort $(wildcard bench/*.c bench/*/*.c))
BENCH_OBJ := $(BENCH_SRC:%.c=$(B)/obj/%.o)
# Process 1 writes to the same consoles as the program: it has the list of them from there.
INIT_SRC := $(sort $(wildcard init/*.c)) $(addprefix bench/,hw/console_list.c hw/host_backdoor.c hw/host_read.c \
	hw/host_virt.c hw/spcr.c lib/buf.c lib/file.c lib/str.c)
INIT_OBJ := $(INIT_SRC:%.c=$(B)/obj/%.o)

.PHONY: all deps run clean

all: $(B)/tare

# Installs what is missing (as root on Debian), or names it and stops. A stamp keeps it from asking twice.
deps: $(B)/.deps
$(B)/.deps: ci/packages.list ci/deps.sh
	@mkdir -p $(B)
	@ci/deps.sh
	@touch $@
$(B)/sources.used: | $(B)/.deps

$(B)/obj/%.o: %.c Makefile VERSION $(B)/sysroot/.done
	$(call say,CC      $<)
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(CPPFLAGS) $(CFLAGS) -fno-pie -MMD -MP -c $< -o $@

# The loop and what it calls for every I/O: the instrument's own weight.
$(B)/obj/bench/run/job.o $(B)/obj/bench/engine/%.o: CFLAGS += -O3
$(B)/obj/bench/config/suites.o: $(wildcard bench/suites/*.fio)
# Files of a page's own and uPlot's are put in as they are.
HTML_PARTS := $(wildcard bench/render/html/*) $(NPM)
$(B)/obj/bench/render/html_parts.o: $(HTML_PARTS)
$(B)/obj/bench/render/html_parts.o: CPPFLAGS += -Wa,-I$(B)/npm
$(B)/obj/bench/result/build.o: $(B)/build-id
$(B)/obj/bench/result/build.o: CPPFLAGS += -DTARE_BUILD_ID='"$(shell cat $(B)/build-id)"'

# Proves what the image relies on: one static file, no interpreter, no dynamic section.
define link_static
	$(call say,LINK    $@)
	$(Q)$(MUSL_CC) $(CFLAGS) $(STATIC) $^ $(1) -o $@.debug
	$(Q)if readelf -ld $@.debug | grep -Eq 'INTERP|Dynamic section'; then \
		echo "$@: not static: it has an interpreter or a dynamic section" >&2; exit 1; fi
	$(Q)objcopy --strip-all $@.debug $@
endef

$(B)/tare: $(BENCH_OBJ)
	$(call link_static,-luring -lcjson -ldeflate -lmd)
$(B)/init: $(INIT_OBJ)
	$(call link_static,)

run: $(B)/tare image
	@image/run.sh

clean:
	rm -rf $(B)

# Behind what its rules are of: make reads a list of prerequisites at once.
include tests/tests.mk

-include $(BENCH_OBJ:.o=.d) $(INIT_OBJ:.o=.d)
