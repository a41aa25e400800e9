# SPDX-License-Identifier: MIT
# Tests: unit tests against the same library versions as the program, with sanitizers; then the scripts of ci/.

TEST_SRC := $(sort $(wildcard tests/unit/test_*.c))
TEST_BIN := $(TEST_SRC:tests/unit/%.c=$(B)/tests/%)
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(B)/tests/%)
NATIVE_SRC := $(filter-out bench/main.c,$(sort $(wildcard bench/*.c bench/*/*.c init/init_words.c)))
NATIVE_OBJ := $(NATIVE_SRC:%.c=$(B)/native/obj/%.o)
NATIVE_CFLAGS = -std=gnu11 -O1 -g $(WARNINGS) -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -Ibench -I. -I$(B)/native/include -D_GNU_SOURCE \
	-DTARE_VERSION='"$(VERSION)"' -DTARE_BUILD_ID='"test"'
NATIVE_LIBS := -L$(B)/native/lib -luring -lcjson -ldeflate -lmd -lpthread -lm

.PHONY: unit check test test-long oracle fuzz bench

$(B)/native/obj/%.o: %.c Makefile tests/tests.mk VERSION $(B)/native/.done
	$(call say,CC      $< (sanitized))
	@mkdir -p $(@D)
	$(Q)gcc $(NATIVE_CFLAGS) -MMD -MP -c $< -o $@

$(B)/native/obj/bench/render/html_parts.o: $(HTML_PARTS)
$(B)/native/obj/bench/render/html_parts.o: NATIVE_CFLAGS += -Wa,-I$(B)/npm
$(B)/native/obj/bench/config/suites.o: $(wildcard bench/suites/*.fio)

# One archive, so that a test links only what it uses.
$(B)/native/libtare.a: $(NATIVE_OBJ)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(B)/tests/test_%: tests/unit/test_%.c $(B)/native/libtare.a
	$(call say,TEST    $@)
	@mkdir -p $(@D)
	$(Q)gcc $(NATIVE_CFLAGS) -Itests/unit -MMD -MP $< $(B)/native/libtare.a $(NATIVE_LIBS) -lcmocka -o $@

$(B)/tests/fuzz_%: tests/fuzz/fuzz_%.c $(B)/native/obj/tests/fuzz/main.o $(B)/native/libtare.a
	$(call say,FUZZ    $@)
	@mkdir -p $(@D)
	$(Q)gcc $(NATIVE_CFLAGS) -MMD -MP $< $(B)/native/obj/tests/fuzz/main.o \
		$(B)/native/libtare.a $(NATIVE_LIBS) -o $@

unit: $(TEST_BIN) $(FUZZ_BIN)

check: $(B)/.deps
	@ci/check.sh

test: unit $(B)/tare image $(B)/medium
	@ci/test.sh

test-long: unit $(B)/tare image $(B)/medium
	@ci/test.sh long

# ORACLE="control qcow2-64k": only these causes; BOOTS=1: so many boots of each.
oracle: $(B)/tare image $(B)/medium
	@/usr/bin/python3 tests/oracle/oracle.py

$(B)/medium: tests/oracle/medium.c
	$(call say,CC      $<)
	$(Q)gcc -std=gnu11 -O2 -g $(WARNINGS) -D_GNU_SOURCE $< -lpthread -o $@

fuzz: $(FUZZ_BIN)
	@ci/fuzz.sh 600

# BENCH="null scaling": only these groups of figures.
bench: $(B)/tare $(B)/vmlinuz $(B)/initramfs
	@ci/deps.sh bench run
	@/usr/bin/python3 tests/figures/figures.py $(BENCH)

-include $(NATIVE_OBJ:.o=.d) $(B)/native/obj/tests/fuzz/main.d $(TEST_BIN:=.d) $(FUZZ_BIN:=.d)
