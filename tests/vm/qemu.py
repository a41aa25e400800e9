# SPDX-License-Identifier: MIT
"""From a machine to QEMU's command. Pure, but for the web server's port, which a file tells. Runs nothing."""

from pathlib import Path

import images
from hardware import ACPI, FIRMWARE, MACHINES, NICS, OVMF, PORTS, SERIALS, bus_of

CMDLINE = "console=tty0 console=ttyS0,115200 loglevel=5"


def comma(text):
    """As QEMU wants a text inside an option."""
    return str(text).replace(",", ",,")


def _image(disk, folder):
    """The options of -drive that say where the data are, and through what they go."""
    path = comma(f"{folder}/{disk.name}.img")
    if disk.latency:
        # Data need a place to stay and null-co has none: writes go to both and end with the later one,
        # reads come from the file.
        return ("file.driver=quorum,file.vote-threshold=1,file.read-pattern=fifo,"
                f"file.children.0.driver=file,file.children.0.filename={path},"
                f"file.children.1.driver=null-co,file.children.1.size={disk.size_bytes},"
                f"file.children.1.latency-ns={int(disk.latency[:-2]) * 1000000},"
                "file.children.1.read-zeroes=on")
    if disk.blkdebug:
        rules = comma(f"{folder}/{disk.blkdebug}")
        return (f"file.driver=blkdebug,file.config={rules},"
                f"file.image.driver=file,file.image.filename={path}")
    if disk.nbd:
        server = comma(f"{folder}/{disk.name}.nbd")
        return f"file.driver=nbd,file.server.type=unix,file.server.path={server}"
    if disk.overlay:
        path = path.removesuffix("img") + "qcow2"
    return f"file={path}" + (f",throttling.{disk.throttle}" if disk.throttle else "")


def nbd_command(disk, folder):
    """The server of a disk with nbd=yes."""
    return ["qemu-nbd", "--persistent", "--format=raw", f"--socket={folder}/{disk.name}.nbd",
            f"{folder}/{disk.name}.img"]


class _Options:
    """Collects options; knows which controllers are there already and which places are taken."""

    def __init__(self, machine):
        self.words = []
        self.machine = machine
        self.controllers = set()
        self.taken = {}  # places, by bus
        self.ports = 0

    def add(self, *words):
        self.words += words

    def device(self, text):
        """A device in its place: what names no bus is a PCI device, and may get a port of its own."""
        if self.machine.slots == "root-ports" and "bus=" not in text:
            self.ports += 1
            self.add("-device", f"pcie-root-port,id=port{self.ports},chassis={self.ports}")
            text += f",bus=port{self.ports}"
        self.add("-device", text)

    def controllers_of(self, row):
        for controller in row.controllers:
            if controller not in self.controllers:
                self.controllers.add(controller)
                self.device(controller)

    def drive(self, name, image, bus, *, serial="", block=512, bootindex=None, media="disk",
              readonly=False, direct=False, overlay=False, discard=False, layout="raw", pieces=False):
        """`image`: a path, or the options that _image() made."""
        if not image.startswith("file"):
            image = "file=" + comma(image)
        drive = f"if=none,id={name},format={'qcow2' if overlay else layout},{image}"
        if discard:
            drive += ",discard=unmap,detect-zeroes=off"
        if direct:
            drive += ",cache=none,aio=native"
        if media == "cdrom":
            drive += ",media=cdrom"
        if readonly:
            drive += ",readonly=on"
        self.add("-drive", drive)
        row = bus_of(self.machine.machine, bus, self.machine.slots)
        self.controllers_of(row)
        place = row.device.partition("bus=")[2]
        taken = self.taken.get(place, 0)
        self.taken[place] = taken + 1
        device = row.device.format(name=name, i=taken, n=taken % row.channels) + f",drive={name}"
        if serial and not row.serial:
            device += f",serial={serial}"
        if block != 512:
            device += f",logical_block_size={block},physical_block_size={block}"
        if pieces:  # a throttle lets a request through whole, whatever its size
            device += ",max_io_size=16384"
        if bootindex is not None:
            device += f",bootindex={bootindex}"
        self.device(device)

    def nic(self, model, netdev, *options):
        row = NICS[model]
        self.controllers_of(row)
        self.device(",".join((row.device, f"netdev={netdev}") + options))

    def network_boot(self, folder, build):
        """QEMU's own DHCP and TFTP: no host but this one is asked. Under BIOS the card's ROM is iPXE;
        UEFI has PXE of its own. `http`: a web server of the test's, on the port that http.port says.
        `pxelinux`: its loader beside our files, in a folder of this machine."""
        machine = self.machine
        uefi = machine.firmware != "bios"
        file = "pxelinux.0" if machine.media == "pxelinux" else "tare.efi" if uefi else "boot.ipxe"
        if machine.media == "http":
            port = Path(f"{folder}/http.port")
            file = f"http://10.0.2.2:{port.read_text() if port.exists() else '{port}'}/{file}"
        own = machine.firmware == "secure" or machine.media == "pxelinux"
        pxe = f"{folder}/pxe" if own else f"{build}/pxe"
        reach = "" if machine.media == "http" else ",restrict=on"
        self.add("-netdev", f"user,id=net,tftp={pxe},bootfile={file}{reach}")
        self.nic("virtio", "net", "bootindex=0", *(("romfile=",) if uefi else ()))


def _smp(cpus, accel):
    """QEMU before 8.1 leaves the guest's memory barriers out where a machine can have one CPU only,
    although its I/O runs in another thread: now and then a virtio disk answers no more (QEMU commit
    c914d46d0a64). Room for a second CPU brings them back."""
    return "1,maxcpus=2" if accel == "tcg" and cpus == 1 else str(cpus)


def _platform(opt, machine, folder):
    """What says which machine this is, and how it starts."""
    if machine.icount:  # time is counted in instructions, and passes at once where nothing runs
        opt.add("-icount", "shift=0,sleep=off")
    if machine.clock:
        # Beside the host's clock QEMU keeps 32 bits of seconds as the difference.
        opt.add("-rtc", f"base={machine.clock},clock=vm")
    if machine.display == "yes" and machine.machine != "microvm":
        opt.add("-vga", "std")
    for kind, fields in machine.smbios:
        opt.add("-smbios", f"type={kind}" + "".join(f",{k}={comma(v)}" for k, v in fields))
    if machine.acpi:
        opt.add("-acpitable", f"sig={ACPI[machine.acpi][0]},rev={ACPI[machine.acpi][1]},"
                f"data={comma(folder)}/{machine.acpi}.bin")
    if machine.firmware == "secure":  # the firmware's variables are safe from the guest
        opt.words[opt.words.index("-machine") + 1] += ",smm=on"
        opt.add("-global", "driver=cfi.pflash01,property=secure,value=on")
    if machine.firmware != "bios":
        code = FIRMWARE[machine.firmware][0]
        opt.add("-drive", f"if=pflash,format=raw,readonly=on,file={OVMF}/{code}",
                "-drive", f"if=pflash,format=raw,file={folder}/ovmf-vars.fd")


def _media(opt, machine, folder, build):
    if machine.boots_from_network():
        opt.network_boot(folder, build)
    elif machine.media == "kernel":
        line = " ".join(filter(None, (CMDLINE, machine.cmdline)))
        opt.add("-kernel", f"{build}/vmlinuz", "-initrd", f"{folder}/initramfs", "-append", line)
    elif machine.media == "cd":
        opt.drive("media", f"{build}/tare.iso", "cd", bootindex=0, media="cdrom", readonly=True)
    else:
        opt.drive("media", f"{folder}/media.img", machine.media, serial="MEDIA0", bootindex=0)


def _channels(opt, machine, folder):
    """The ways in and out beside disks."""
    if machine.port != "no":
        backend = "file,id=port0,path={}/port.json" if machine.port == "yes" else \
            "pipe,id=port0,path={}/port"
        opt.device("virtio-serial-pci")
        opt.add("-chardev", backend.format(folder),
                "-device", "virtserialport,chardev=port0,name=io.tare.0")
    for i, model in enumerate(machine.nic):
        opt.add("-netdev", f"user,id=net{i}")
        # A ROM would only cost time; a USB device has none.
        opt.nic(model, f"net{i}", *(() if model == "usb" else ("romfile=",)))
    if machine.line in SERIALS:
        chardev, device = SERIALS[machine.line]
        opt.add("-chardev", chardev.format(folder=comma(folder)),
                "-device", f"{device},chardev=serial0")
    for port in machine.ports:
        opt.controllers_of(PORTS[port])
        opt.add("-chardev", f"file,id={port},path={comma(folder)}/{port}.log",
                "-device", f"{PORTS[port].device},chardev={port}")
    if machine.config:
        opt.add("-fw_cfg", "name=opt/io.tare/config,string=" + comma(machine.config))


def command(machine, folder, accel, build):
    """QEMU's argument list. `folder` holds the machine's own files, `build` what was built."""
    opt = _Options(machine)
    accel = "tcg" if machine.icount else accel
    opt.add("qemu-system-x86_64", "-name", machine.name,
            "-machine", ",".join([MACHINES[machine.machine], *machine.options]), "-accel", accel,
            "-cpu", ",".join(["host" if accel == "kvm" else "max", *machine.cpu]),
            "-smp", _smp(machine.cpus, accel), "-m", str(machine.memory),
            "-nodefaults", "-no-user-config", "-no-reboot", "-nic", "none", "-display", "none")
    _platform(opt, machine, folder)
    _media(opt, machine, folder, build)
    for disk in machine.disks:
        opt.drive(disk.name, _image(disk, folder), disk.bus, serial=disk.serial,
                  block=disk.block, overlay=disk.overlay, discard=disk.discard,
                  readonly=bool(disk.readonly), direct=bool(disk.direct),
                  layout=images.LAYOUTS.get(disk.content, "raw"))
    if machine.results != "no":
        opt.drive("results", f"{folder}/results.img", machine.results_bus, serial="RESULTS0",
                  readonly=machine.results == "read-only", pieces=machine.results == "pieces")
    _channels(opt, machine, folder)
    return opt.words
