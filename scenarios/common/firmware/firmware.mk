# Included by a device's firmware/Makefile, which sets DEVICE, VERSION and SOURCES (names in its own folder) first and may
# set COMMON (names in this folder) and FLAGS.
#   make                                build/<device>.elf
#   make DEFECT=<NAME> OUT=<file.elf>   a mutant: compiled with -DDEFECT_<NAME>, into <file.elf>
# Every variant is one compiler invocation and shares no object files with another, so variants can be built in parallel.
# The same sources give the same bytes anywhere: no dates, no paths, and a build id that is a digest of sources and flags.
common_folder := ../../common/firmware
CC := avr-gcc
OUT ?= build/$(DEVICE).elf
COMMON ?= console.c identity.c tick.c alarm_signal.c

cflags := -mmcu=atmega1284p -DF_CPU=16000000UL -std=gnu99 -Os -Wall -Wextra -Werror -Wno-unused-macros \
  -fno-strict-aliasing -ffunction-sections -fdata-sections -fshort-enums -mrelax -Wl,--gc-sections \
  -g -gdwarf-2 -I. -I$(common_folder) $(FLAGS) $(if $(DEFECT),-DDEFECT_$(DEFECT))
sources := $(sort $(SOURCES)) $(addprefix $(common_folder)/,$(sort $(COMMON)))
headers := $(sort $(wildcard *.h)) $(sort $(wildcard $(common_folder)/*.h))

# The image follows from these and the tools alone.
build_id = $(shell { cat $(sources) $(headers) Makefile $(common_folder)/firmware.mk; \
  echo '$(DEVICE) $(VERSION) $(cflags)'; } | sha256sum | cut -c1-12)

# Always compiled: it takes a second, and a variant must never be taken for another.
.PHONY: all clean
all:
	@mkdir -p $(dir $(OUT))
	$(CC) $(cflags) -gno-record-gcc-switches -fdebug-prefix-map=$(CURDIR)=. -DDEVICE=$(DEVICE) -DVERSION=$(VERSION) \
	  -DBUILD_ID=$(build_id) $(sources) -o $(OUT).$$$$.part && mv $(OUT).$$$$.part $(OUT)

clean:
	rm -rf build
