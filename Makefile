# Build, install and test with PGXS:  make && make install && make installcheck
EXTENSION  = loyalty
EXTVERSION = $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" loyalty.control)

# Order is meaning: each capability may use what those before it made.
CAPABILITIES = org customer status event message verification ledger bill card participation incentive merge request
# A capability with rooms of its own has parts in each of them: ROOMS_<capability> names them in their order.
ROOMS_incentive = limit promotion coupon voucher offer
PARTS_OF     = $(foreach kind,schema api views,$(patsubst %,sql/$1%$(kind).sql,$(or $(ROOMS_$1:%=/%/),/)))
FIRST_PARTS  = sql/common/head.sql sql/common/schema.sql sql/common/api.sql
LAST_PARTS   = sql/common/comments.sql sql/common/tail.sql
SQL_PARTS    = $(FIRST_PARTS) $(foreach room,$(CAPABILITIES),$(call PARTS_OF,$(room))) sql/common/help.sql $(LAST_PARTS)

MODULE_big   = loyalty
# Sources stand in src, in the room of their capability, or in a room of that one.
IN_ROOMS     = $(wildcard src/$1 src/*/$1 src/*/*/$1)
OBJS        := $(sort $(patsubst %.c,%.o,$(call IN_ROOMS,*.c)) $(patsubst %.cpp,%.o,$(call IN_ROOMS,*.cpp)))
DATA_built   = sql/$(EXTENSION)--$(EXTVERSION).sql
DATA         = $(filter-out $(DATA_built),$(wildcard sql/$(EXTENSION)--*--*.sql))
DOCS         = $(wildcard docs/*.md)

PG_CPPFLAGS  = -Isrc -MMD -MP -DLOYALTY_VERSION='"$(EXTVERSION)"'
PG_CFLAGS    = -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare -fvisibility=hidden
PG_CXXFLAGS  = -std=c++17 -Wall -Wextra -Werror -fvisibility=hidden -fvisibility-inlines-hidden
SHLIB_LINK   = -lsodium -lphonenumber -licuuc -lstdc++

TESTS        = $(sort $(wildcard test/sql/*.sql))
REGRESS      = $(patsubst test/sql/%.sql,%,$(TESTS))
REGRESS_OPTS = --inputdir=test
ISOLATION    = $(sort $(patsubst test/specs/%.spec,%,$(wildcard test/specs/*.spec)))
ISOLATION_OPTS = --inputdir=build/isolation --outputdir=.
# Specs are run with what they include in its place.
SPECS        = $(ISOLATION:%=build/isolation/specs/%.spec)
REGRESS_PREP = $(SPECS)

EXTRA_CLEAN  = $(DATA_built) results output_iso META.json build $(call IN_ROOMS,*.d)

# No bitcode: it takes as long to make as all the rest, and the server's JIT compiler would inline none of our functions.
override with_llvm = no
# Dependencies are written beside each object: a server's own way of keeping them mixes up files of one name in two rooms.
override autodepend = no

PG_CONFIG   ?= pg_config
PGXS        := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifeq ($(wildcard $(PGXS)),)
$(error cannot find PGXS through "$(PG_CONFIG)": install the server development package (postgresql-server-dev-15), or set PG_CONFIG)
endif
include $(PGXS)

# Behind its parts each capability claims the functions and views that they made: help() says whose something is.
CLAIM = sed 's/@CAPABILITY@/$1/g' sql/common/claim.sql.in
$(DATA_built): $(SQL_PARTS) sql/common/claim.sql.in Makefile
	{ cat $(FIRST_PARTS) && $(call CLAIM,common) && \
	$(foreach room,$(CAPABILITIES),cat $(call PARTS_OF,$(room)) && $(call CLAIM,$(room)) && ) \
	cat sql/common/help.sql && $(call CLAIM,common) && cat $(LAST_PARTS); } > $@

# The grammar of specs has no include: a line "#include NAME" stands for what is in test/specs/NAME.
$(SPECS): build/isolation/specs/%.spec: test/specs/%.spec $(filter-out %.spec,$(wildcard test/specs/*.*))
	@mkdir -p $(@D)
	awk '/^#include / { file = "test/specs/" $$2; while ((got = (getline line < file)) > 0) print line; \
		if (got < 0) { print "no " file > "/dev/stderr"; exit 1 } next } { print }' $< > $@.new
	mv $@.new $@

# The rules know no server: each test is a plain program that prints TAP.
UNIT_TESTS  = $(patsubst test/unit/%.c,build/unit/%,$(sort $(wildcard test/unit/*.c)))
RULE_OBJS   = $(patsubst src/%.c,build/unit/%.o,$(sort $(call IN_ROOMS,*_rules.c)))
UNIT_CFLAGS = -std=c11 -g -O1 -Wall -Wextra -Werror -Isrc -MMD -MP -MT $@ -MF $(basename $@).d

# Each fuzz target is a program too: scripts/fuzz runs them. The rules are compiled once, for all of them.
FUZZ_CC     = clang
FUZZ_TESTS  = $(patsubst test/fuzz/%.c,build/fuzz/%.run,$(sort $(wildcard test/fuzz/*_fuzz.c)))
FUZZ_OBJS   = $(patsubst src/%.c,build/fuzz/src/%.o,$(sort $(call IN_ROOMS,*_rules.c)))
FUZZ_CFLAGS = $(UNIT_CFLAGS) -fsanitize=address,undefined -fno-sanitize-recover=undefined

# The compiler lists the headers of each object in a .d file beside it. An object whose list is missing is made again.
LISTS = $(OBJS:.o=.d) $(RULE_OBJS:.o=.d) $(UNIT_TESTS:=.d) $(FUZZ_OBJS:.o=.d) $(FUZZ_TESTS:.run=.d)
LISTED = $(patsubst %.d,%.o,$(wildcard $(OBJS:.o=.d) $(RULE_OBJS:.o=.d) $(FUZZ_OBJS:.o=.d)))
$(OBJS): loyalty.control
$(filter-out $(LISTED),$(OBJS) $(RULE_OBJS) $(FUZZ_OBJS)): FORCE
FORCE:
-include $(wildcard $(LISTS))

# The library is linked anew where a source went away, too, which makes no object newer.
$(shlib): build/objects
build/objects: FORCE
	@mkdir -p $(@D)
	@echo '$(OBJS)' | cmp -s - $@ || echo '$(OBJS)' > $@

META.json: META.json.in loyalty.control
	sed 's/@VERSION@/$(EXTVERSION)/g' META.json.in > $@

.SECONDARY: $(RULE_OBJS)
$(RULE_OBJS): build/unit/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(UNIT_CFLAGS) -c -o $@ $<

$(UNIT_TESTS): build/unit/%: test/unit/%.c $(RULE_OBJS)
	$(CC) $(UNIT_CFLAGS) -o $@ $< $(RULE_OBJS) -lm -licuuc

$(FUZZ_OBJS): build/fuzz/src/%.o: src/%.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<

build/fuzz/rules.a: $(FUZZ_OBJS)
	rm -f $@
	$(AR) rcs $@ $(FUZZ_OBJS)

$(FUZZ_TESTS): build/fuzz/%.run: test/fuzz/%.c build/fuzz/rules.a
	$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer -o $@ $< build/fuzz/rules.a -lm -licuuc

.PHONY: unit fuzz dist FORCE
fuzz: $(FUZZ_TESTS)

unit: $(UNIT_TESTS)
	@status=0; for t in $(UNIT_TESTS); do echo "# $$t"; ./$$t || status=1; done; exit $$status

dist: META.json
	git archive --format=zip --prefix=$(EXTENSION)-$(EXTVERSION)/ --add-file=META.json -o $(EXTENSION)-$(EXTVERSION).zip HEAD
