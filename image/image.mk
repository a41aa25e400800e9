# SPDX-License-Identifier: MIT
# How sources become the kernel, the user land and the images. Every rule calls one script. It does
# not compile tare and init: the rules for $(B)/tare and $(B)/init stand elsewhere.

B ?= build
Q := $(if $(filter 1,$(V)),,@)
say = @$(if $(filter 1,$(V)),:,echo '  $(1)')
export B V

.DELETE_ON_ERROR:
.PHONY: fetch sysroot native busybox kernel image pxe manifest sources sign FORCE
.PHONY: qcow2 vmdk vhdx ova

# What every script of image/ reads.
IMAGE_ENV := image/env.sh

$(B)/sources.used: image/sources.lock image/fetch.sh $(IMAGE_ENV)
	$(call say,FETCH   sources)
	$(Q)image/fetch.sh
	@touch $@

# What HTML reports draw their charts with.
NPM := $(B)/npm/uplot/package.json
$(NPM): image/npm.lock image/npm.sh $(IMAGE_ENV) | $(B)/.deps
	$(call say,FETCH   packages of npm)
	$(Q)image/npm.sh
	@touch $@

$(B)/sysroot/.done: $(B)/sources.used image/userland.sh kconfig/parts.sh $(IMAGE_ENV)
	$(call say,BUILD   sysroot)
	$(Q)image/userland.sh sysroot

$(B)/native/.done: $(B)/sources.used image/userland.sh $(IMAGE_ENV)
	$(call say,BUILD   native libraries)
	$(Q)image/userland.sh native

$(B)/busybox: $(B)/sysroot/.done image/busybox.config kconfig/check.sh
	$(call say,BUILD   busybox)
	$(Q)image/userland.sh busybox
	@touch $@

$(B)/vmlinuz: $(B)/sources.used $(wildcard kconfig/*.config kconfig/*.sh) kconfig/VERSION \
		$(IMAGE_ENV)
	$(call say,KERNEL  vmlinuz)
	$(Q)kconfig/build.sh
$(B)/kernel.config: $(B)/vmlinuz ;

FORCE: ;

# Asked every time; the file is only written when the id is another.
$(B)/build-id: FORCE $(B)/sources.used
	@image/buildid.sh

$(B)/initramfs: $(B)/init $(B)/tare $(B)/busybox image/initramfs.sh image/initramfs.list \
		$(wildcard image/rootfs/*) kconfig/parts.sh $(IMAGE_ENV)
	$(call say,IMAGE   initramfs)
	$(Q)image/initramfs.sh

$(B)/results.fat: image/results.sh image/ids.sh $(IMAGE_ENV)
	$(call say,IMAGE   tare-results.img)
	$(Q)mkdir -p $(B)
	$(Q)image/results.sh
$(B)/tare-results.img: $(B)/results.fat ;

$(B)/tare.iso: $(B)/vmlinuz $(B)/initramfs $(B)/results.fat $(B)/build-id image/iso.sh \
		image/ids.sh $(wildcard image/boot/* LICENSE THIRD-PARTY*) $(IMAGE_ENV)
	$(call say,IMAGE   tare.iso)
	$(Q)image/iso.sh

$(B)/tare.efi: $(B)/vmlinuz $(B)/initramfs $(B)/build-id image/efi.sh image/boot/efi.cmdline VERSION \
		$(IMAGE_ENV)
	$(call say,IMAGE   tare.efi)
	$(Q)image/efi.sh

$(B)/manifest.json: $(B)/tare.iso $(B)/tare.efi $(B)/tare-results.img $(B)/kernel.config image/manifest.py VERSION
	$(call say,IMAGE   manifest.json)
	$(Q)image/manifest.py $(B)

$(B)/pxe/vmlinuz: $(B)/vmlinuz $(B)/initramfs $(B)/tare.efi image/boot/boot.ipxe \
		image/boot/pxelinux.cfg image/pxe.sh
	$(call say,IMAGE   pxe)
	$(Q)image/pxe.sh

fetch: $(B)/sources.used
sysroot: $(B)/sysroot/.done
native: $(B)/native/.done
busybox: $(B)/busybox
kernel: $(B)/vmlinuz
pxe: $(B)/pxe/vmlinuz
manifest: $(B)/manifest.json
image: $(B)/manifest.json pxe

# Disk images for hypervisors that import them.
qcow2 vmdk vhdx ova: %: $(B)/tare.%
$(B)/tare.qcow2 $(B)/tare.vmdk $(B)/tare.vhdx $(B)/tare.ova: $(B)/tare.%: $(B)/tare.iso \
		image/convert.sh image/boot/tare.ovf.in VERSION $(IMAGE_ENV)
	$(call say,IMAGE   tare.$*)
	$(Q)ci/deps.sh run
	$(Q)image/convert.sh $*

# tare.efi for Secure Boot: make sign KEY=FILE CERT=FILE
sign: $(B)/tare.efi
	$(Q)ci/deps.sh sign
	$(Q)image/sign.sh $(if $(KEY)$(CERT),"$(KEY)" "$(CERT)")

# What the licences of the images' parts ask to offer beside them, the boot loaders' included.
sources: $(B)/sources.used
	$(call say,FETCH   sources of GRUB and of the EFI stub)
	$(Q)image/fetch.sh --boot
	@echo "  sources of everything in the image: $(B)/sources/"
