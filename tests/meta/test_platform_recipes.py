# SPDX-License-Identifier: MIT
"""The recipes of docs/platforms/ that are files: scripts run against programs that write down what they
are called with, descriptions checked against what their readers accept."""
import json
import os
import re
import subprocess
import textwrap

import pytest

from platform_pages import FOLDER, Table, blocks, pages

FAKE = """\
#!/usr/bin/python3
import json, os, sys
name = os.path.basename(sys.argv[0])
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps([name] + sys.argv[1:]) + "\\n")
answers = json.loads(os.environ["ANSWERS"])
for count in (3, 2, 1):
    said = answers.get(" ".join([name] + sys.argv[1:count]))
    if said is not None:
        print(said)
        break
"""
UUID = "0c9a4f1e-7a53-4b6d-9c3e-5d2f1b8a7e60"


@pytest.fixture
def recipe(tmp_path):
    """Runs a recipe in a folder that holds the images, with fakes in place of the named programs; returns the
    finished process and every call."""
    def call(script, *words, programs, answers=None, env=None, files=("tare.iso", "tare-results.img")):
        (tmp_path / "bin").mkdir(exist_ok=True)
        for program in programs:
            path = tmp_path / "bin" / program
            path.write_text(FAKE)
            path.chmod(0o755)
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        for name in files:
            (work / name).write_bytes(bytes(4096))
        (tmp_path / "calls").write_text("")
        done = subprocess.run(
            [FOLDER / script, *words], cwd=work, capture_output=True, text=True, check=False, timeout=60,
            env=dict(os.environ, PATH=f"{tmp_path}/bin:/usr/bin:/bin", CALLS=str(tmp_path / "calls"),
                     ANSWERS=json.dumps(answers or {}), **(env or {})))
        calls = [json.loads(line) for line in (tmp_path / "calls").read_text().splitlines()]
        return done, [words for words in calls if words[0] != "qemu-img"]
    call.folder = tmp_path / "work"
    return call


def option(words, name):
    return words[words.index(name) + 1]


def well_formed(done, calls, count):
    assert done.returncode == 0, done.stderr
    assert len(calls) == count
    table = Table()
    assert not [fault for words in calls for fault in table.faults(words)]


# --- Proxmox

@pytest.fixture
def proxmox(recipe, tmp_path):
    def call(*words, **env):
        (tmp_path / "iso").mkdir(exist_ok=True)
        return recipe("proxmox.sh", *words, programs=["qm"], env=dict(env, ISO_FOLDER=str(tmp_path / "iso")))
    return call


def test_proxmox_script_asks_for_the_machine_that_the_page_describes(proxmox, recipe, tmp_path):
    done, calls = proxmox("9000", "local-lvm", "64")
    well_formed(done, calls, 2)
    create, start = calls
    assert start == ["qm", "start", "9000"] and create[:3] == ["qm", "create", "9000"]
    scratch = option(create, "--scsi0").split(",")
    assert scratch[0] == "local-lvm:64" and "detect_zeroes=0" in scratch
    assert f"import-from={recipe.folder}/tare-results.img" in option(create, "--scsi1").split(",")
    assert option(create, "--ide2") == "local:iso/tare.iso,media=cdrom"
    assert option(create, "--boot") == "order=ide2"
    assert "path=/var/log/tare-9000.log,append=on" in option(create, "--args")
    assert "fw_cfg" not in option(create, "--args")
    assert (tmp_path / "iso/tare.iso").read_bytes() == bytes(4096)


def test_proxmox_script_passes_keys_as_qemu_wants_them(proxmox):
    done, calls = proxmox("9000", "ceph", KEYS="suite=quick target=sda,sdb")
    well_formed(done, calls, 2)
    assert option(calls[0], "--args").endswith(
        "-fw_cfg name=opt/io.tare/config,string='suite=quick target=sda,,sdb'")


def test_proxmox_script_says_what_is_missing(proxmox, recipe):
    done, calls = proxmox("9000")
    assert (done.returncode, calls) == (2, []) and "usage: proxmox.sh VMID STORAGE" in done.stderr
    (recipe.folder / "tare-results.img").unlink()
    done, calls = recipe("proxmox.sh", "1", "x", programs=["qm"], files=["tare.iso"],
                         env={"ISO_FOLDER": "/nowhere"})
    assert (done.returncode, calls) == (1, []) and "tare-results.img: not in" in done.stderr


# --- ESXi

def test_esxi_script_makes_the_machine_and_then_starts_it(recipe):
    done, calls = recipe("esxi.sh", "ds 1", "bench", "64", programs=["govc", "qemu-img"])
    well_formed(done, calls, 11)
    verbs = [words[1] for words in calls]
    assert verbs[0] == "vm.create" and verbs[-1] == "vm.power"
    create = calls[0]
    assert "-on=false" in create and option(create, "-disk") == "64GB" and create[-1] == "bench"
    assert {"-disk.thick", "-disk.eager"} <= set(create)
    assert calls[verbs.index("device.serial.connect")][-1] == "[ds 1] bench/serial.log"
    assert "-secure=false" in calls[verbs.index("device.boot")]
    assert "-link=false" in calls[verbs.index("vm.disk.attach")]
    assert "answer.msg.serial.file.open=Append" in calls[verbs.index("vm.change")]


def read_vmx(text):
    """{key: value}; a line that is none, or a key that was there, is an error."""
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        match = re.fullmatch(r'([.\w:-]+) = "([^"]*)"', line)
        if not match:
            raise ValueError(f'{number}: "{line}": should be KEY = "VALUE"')
        if match.group(1).lower() in {key.lower() for key in found}:
            raise ValueError(f"{number}: {match.group(1)}: a second time")
        found[match.group(1)] = match.group(2)
    return found


@pytest.mark.parametrize("text", ['a = "1"\nA = "2"\n', "a = 1\n", 'a = "1\n', 'a "1"\n', 'a = "1" x\n'])
def test_reader_of_vmx_files_is_strict(text):
    with pytest.raises(ValueError):
        read_vmx(text)


def test_vmx_describes_a_machine_with_all_its_parts():
    vmx = read_vmx((FOLDER / "esxi.vmx").read_text())
    files = {key: value for key, value in vmx.items() if key.endswith(".fileName")}
    assert set(files.values()) == {"scratch.vmdk", "results.vmdk", "tare.iso", "serial.log"}
    page = (FOLDER / "esxi.md").read_text()
    for key, file in files.items():
        device = key.removesuffix(".fileName")
        assert vmx[f"{device}.present"] == "TRUE"
        assert vmx[f"{device.split(':')[0]}.present"] == "TRUE", "its controller"
        assert file in page
    assert vmx["scsi0.virtualDev"] == "pvscsi"
    assert vmx["firmware"] == "efi" and vmx["uefi.secureBoot.enabled"] == "FALSE"
    assert vmx["serial0.fileType"] == "file" and vmx["answer.msg.serial.file.open"] == "Append"
    for key, value in vmx.items():
        if key.endswith((".present", ".startConnected", ".yieldOnMsrRead", ".tryNoRxLoss", ".enabled")):
            assert value in ("TRUE", "FALSE"), key
    assert int(vmx["memsize"]) % 4 == 0 and int(vmx["numvcpus"]) > 0


# --- VirtualBox

@pytest.mark.parametrize("version, architecture", [("7.0.20r163906", False), ("7.1.4r165100", True),
                                                   ("7.2.0r170228", True), ("10.0.0r1", True)])
def test_virtualbox_script_makes_the_machine_and_waits_for_its_end(recipe, version, architecture):
    done, calls = recipe("virtualbox.sh", "bench", "2048", programs=["VBoxManage"], answers={
        "VBoxManage --version": version, "VBoxManage showvminfo": 'x=1\nVMState="poweroff"'})
    well_formed(done, calls, 12)
    verbs = [words[1] for words in calls]
    assert verbs[-2:] == ["startvm", "showvminfo"]
    assert calls[verbs.index("setextradata")][3:] == [
        "VBoxInternal/Devices/ahci/0/LUN#0/Config/IgnoreFlush", "0"]
    create = calls[verbs.index("createvm")]
    assert ("--platform-architecture=x86" in create) == architecture and "--register" in create
    modify = calls[verbs.index("modifyvm")]
    assert modify[modify.index("--uart1"):][:6] == ["--uart1", "0x3F8", "4", "--uart-mode1", "file",
                                                    f"{recipe.folder}/serial.log"]
    assert option(calls[verbs.index("createmedium")], "--size") == "2048"
    assert option(calls[verbs.index("storagectl")], "--hostiocache") == "off"
    attached = [(option(words, "--port"), option(words, "--type"), option(words, "--medium"))
                for words in calls if words[1] == "storageattach"]
    assert attached == [("0", "hdd", f"{recipe.folder}/scratch.vdi"),
                        ("1", "hdd", f"{recipe.folder}/bench-results.vdi"),
                        ("2", "dvddrive", f"{recipe.folder}/tare.iso")]
    assert calls[verbs.index("convertfromraw")][2] == "tare-results.img"


# --- XCP-ng

@pytest.mark.parametrize("known", ["", UUID])
def test_xcp_ng_script_makes_the_machine_and_reads_its_console(recipe, known):
    answers = {f"xe {verb}": UUID for verb in ("sr-create", "vm-install", "vdi-create")}
    answers |= {"xe sr-list": known, "xe vm-param-get": "17", "xl console": "from the guest"}
    done, calls = recipe("xcp-ng.sh", "the-sr", "64", programs=["xe", "xl"], answers=answers)
    well_formed(done, calls, 15 if known else 16)
    verbs = [words[1] for words in calls]
    assert ("sr-create" in verbs) == (not known)
    assert verbs[-3:] == ["vm-start", "vm-param-get", "console"]
    assert calls[-1] == ["xl", "console", "-t", "serial", "17"]
    assert (recipe.folder / "serial.log").read_text() == "from the guest\n"
    assert "disk-size=64GiB" in calls[verbs.index("vm-disk-add")]
    assert "virtual-size=4096" in calls[verbs.index("vdi-create")]
    devices = sorted(word for words in calls for word in words if word.startswith("device="))
    assert devices == ["device=0", "device=1", "device=3"]
    assert (recipe.folder / "tare-isos/tare.iso").exists()


# --- libvirt

SCHEMA = "/usr/share/libvirt/schemas/domain.rng"


def valid(path):
    return subprocess.run(["xmllint", "--noout", "--relaxng", SCHEMA, path], capture_output=True, text=True,
                          check=False)


def test_libvirt_domain_follows_the_schema():
    done = valid(FOLDER / "libvirt.xml")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("good, bad", [("bus='virtio'", "bus='virtual'"), ("<vcpu>4<", "<vcpus>4<"),
                                       ("detect_zeroes='off'", "detect_zeroes='no'"),
                                       ("type='file' device='cdrom'", "kind='file' device='cdrom'")])
def test_libvirts_schema_finds_mistakes(tmp_path, good, bad):
    text = (FOLDER / "libvirt.xml").read_text()
    assert good in text
    text = text.replace(good, bad).replace("</vcpu>", "</vcpus>" if "vcpus" in bad else "</vcpu>")
    (tmp_path / "bad.xml").write_text(text)
    assert valid(tmp_path / "bad.xml").returncode == 3  # xmllint: the document is not valid


def test_virt_install_and_the_domain_describe_the_same_machine():
    command = next(block.text for block in blocks("libvirt.md", "sh") if "virt-install" in block.text)
    domain = (FOLDER / "libvirt.xml").read_text()
    for word in ("tare.iso", "scratch.img", "tare-results.img", "serial.log", "result.json", "SCRATCH0",
                 "RESULTS0", "io.tare.0", "tare:suite=quick label=libvirt", "host-passthrough"):
        assert word in command and word in domain, word
    for xml, words in (("cache='none'", "cache=none"), ("io='native'", "driver.io=native"),
                       ("detect_zeroes='off'", "driver.detect_zeroes=off"), ("<vcpu>4<", "--vcpus 4"),
                       ("<memory unit='GiB'>2<", "--memory 2048")):
        assert xml in domain and words in command, xml


# --- Firecracker: the names and values of its API's definitions, of August 2026.

BOOL, TEXT, COUNT = bool, str, int
FIRECRACKER = {
    "boot-source": {"boot_args": TEXT, "initrd_path": TEXT, "kernel_image_path": TEXT},
    "drives": [{"drive_id": TEXT, "partuuid": TEXT, "is_root_device": BOOL, "is_read_only": BOOL,
                "path_on_host": TEXT, "socket": TEXT, "cache_type": ["Unsafe", "Writeback"],
                "io_engine": ["Sync", "Async"], "rate_limiter": {}}],
    "machine-config": {"cpu_template": TEXT, "smt": BOOL, "mem_size_mib": COUNT, "vcpu_count": COUNT,
                       "track_dirty_pages": BOOL, "huge_pages": ["None", "Transparent", "2M"]},
    "balloon": {}, "cpu-config": {}, "logger": {}, "metrics": {}, "memory-hotplug": {}, "mmds-config": {},
    "network-interfaces": [{}], "pmem": [{}], "vsock": {}, "entropy": {}}
REQUIRED = {"boot-source": {"kernel_image_path"}, "drives": {"drive_id", "is_root_device"},
            "machine-config": {"mem_size_mib", "vcpu_count"}}


def unknown_in(value, shape, where=""):
    """Where a configuration says what the API does not know."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [where]
        return [fault for key in value for fault in
                (unknown_in(value[key], shape[key], f"{where}.{key}") if key in shape else [f"{where}.{key}"])]
    if isinstance(shape, list) and isinstance(shape[0], dict):
        return [fault for at, item in enumerate(value) for fault in unknown_in(item, shape[0], f"{where}[{at}]")]
    if isinstance(shape, list):
        return [] if value in shape else [where]
    return [] if type(value) is shape else [where]


def test_firecracker_configuration_says_what_its_api_knows():
    config = json.loads((FOLDER / "firecracker.json").read_text())
    assert unknown_in(config, FIRECRACKER) == []
    for part, names in REQUIRED.items():
        for item in config[part] if part == "drives" else [config[part]]:
            assert names <= set(item)
    assert not any(drive["is_root_device"] for drive in config["drives"]), "not with an initramfs"
    assert all(drive["cache_type"] == "Writeback" for drive in config["drives"]), "or fsync is nothing"
    vcpus = config["machine-config"]["vcpu_count"]
    assert vcpus == 1 or vcpus % 2 == 0 and vcpus <= 32
    assert "reboot=k" in config["boot-source"]["boot_args"].split()
    page = (FOLDER / "firecracker.md").read_text()
    for drive in config["drives"]:
        assert drive["path_on_host"] in page


@pytest.mark.parametrize("change, where", [
    ({"drive": []}, ".drive"), ({"drives": [{"drive_id": 1}]}, ".drives[0].drive_id"),
    ({"drives": [{"cache_type": "writeback"}]}, ".drives[0].cache_type"),
    ({"machine-config": {"smt": "no"}}, ".machine-config.smt"),
    ({"machine-config": {"vcpu_count": True}}, ".machine-config.vcpu_count")])
def test_mistakes_in_a_firecracker_configuration_are_found(change, where):
    assert unknown_in(change, FIRECRACKER) == [where]


# --- Hyper-V: no PowerShell here, but names can be looked at.

def powershell(text):
    """[cmdlet, parameter...] of every call."""
    text = re.sub(r"(?m)(^|\s)#.*$", "", text)
    found = []
    for line in text.splitlines():
        for match in re.finditer(r"\b([A-Z][a-z]+-[A-Z]+[A-Za-z]*)((?:(?!\b[A-Z][a-z]+-[A-Z])[^|\n])*)", line):
            found.append([match.group(1)] + re.findall(r"(?<=\s)-[A-Z]\w+", match.group(2)))
    return found


def hyper_v_texts():
    return [(FOLDER / "hyper-v.ps1").read_text()] + [
        block.text for page in pages() for block in blocks(page, "powershell")]


def test_hyper_v_cmdlets_and_parameters_exist():
    calls = [words for text in hyper_v_texts() for words in powershell(text)
             if words[0] not in ("New-Object", "Get-Location", "Out-Null")]
    assert {"New-VM", "Set-VMFirmware", "Set-VMComPort", "Get-VMDvdDrive"} <= {words[0] for words in calls}
    table = Table()
    assert not [fault for words in calls for fault in table.faults(words)]


def test_wrong_hyper_v_parameters_are_found():
    text = textwrap.dedent("""\
        New-VM -Name x -Generations 2 # -Comment
        Set-VMFirmware -VMName x -FirstBootDevice (Get-VMDvdDrive -VM_Name x)
        """)
    faults = [fault for words in powershell(text) for fault in Table().faults(words)]
    assert len(faults) == 2 and '"-Generations"' in faults[0] and '"-VM_Name"' in faults[1]


def test_hyper_v_script_makes_a_port_before_it_starts_and_no_checkpoints():
    text = (FOLDER / "hyper-v.ps1").read_text()
    assert text.index("Set-VMComPort") < text.index("Start-VM") < text.index("NamedPipeClientStream")
    assert "-EnableSecureBoot Off" in text and "-AutomaticCheckpointsEnabled $false" in text
