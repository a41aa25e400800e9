# SPDX-License-Identifier: MIT
"""These tests will check what is made of the image: settings written into it, conversions, signatures."""

import hashlib
import shutil
import subprocess

import pytest

import boot
import hardware
import images
import machine

SNAKEOIL = "/usr/share/ovmf/PkKek-1-snakeoil"  # OVMF's key for tests; its password is its name
MAKE = ["make", "-s", "-C", machine.TOP, f"B={machine.BUILD}"]


def run(*words, **options):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=300,
                          check=False, **options)


def own_folder(row):
    """With the row's disks, and nothing to boot from yet."""
    folder = machine.BUILD / "vm" / row.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for disk in row.disks:
        images.CONTENTS[disk.content](folder / f"{disk.name}.img", disk.size_bytes)
    return folder


# --- conversions

@pytest.mark.parametrize("kind", ["qcow2", "vmdk", "vhdx"])
def test_converted_image_holds_the_bytes_of_the_iso(kind):
    made = run(*MAKE, kind)
    assert made.returncode == 0, made.stderr
    same = run("qemu-img", "compare", "-f", kind, "-F", "raw", machine.BUILD / f"tare.{kind}",
               machine.BUILD / "tare.iso")
    assert same.returncode == 0, same.stdout + same.stderr


def test_ova_holds_what_its_manifest_says(tmp_path):
    made = run(*MAKE, "ova")
    assert made.returncode == 0, made.stderr
    assert run("tar", "-xf", machine.BUILD / "tare.ova", "-C", tmp_path).returncode == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["tare.mf", "tare.ovf", "tare.vmdk"]
    for line in (tmp_path / "tare.mf").read_text().splitlines():
        name, digest = line.removeprefix("SHA256(").split(")= ")
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
    descriptor = (tmp_path / "tare.ovf").read_text()
    assert f'ovf:size="{(tmp_path / "tare.vmdk").stat().st_size}"' in descriptor
    assert f'ovf:capacity="{(machine.BUILD / "tare.iso").stat().st_size}"' in descriptor
    assert "@" not in descriptor  # every place was filled in
    same = run("qemu-img", "compare", "-f", "vmdk", "-F", "raw", tmp_path / "tare.vmdk",
               machine.BUILD / "tare.iso")
    assert same.returncode == 0, same.stdout + same.stderr


# --- Secure Boot

@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    got = run("openssl", "pkey", "-in", f"{SNAKEOIL}.key", "-passin", "pass:snakeoil", "-out",
              folder / "key.pem")
    assert got.returncode == 0, got.stderr
    got = run(*MAKE, "sign", f"KEY={folder}/key.pem", f"CERT={SNAKEOIL}.pem")
    assert got.returncode == 0, got.stderr
    return machine.BUILD / "tare.signed.efi"


def secure_boot(machines, efi, timeout_s):
    row = machines["secure-boot"]
    folder = own_folder(row)
    (folder / "pxe").mkdir()
    shutil.copyfile(efi, folder / "pxe" / "tare.efi")
    shutil.copyfile(machine.BUILD / "tare-results.img", folder / "results.img")
    shutil.copyfile(hardware.OVMF / hardware.FIRMWARE["secure"][1], folder / "ovmf-vars.fd")
    with boot.Boot(row, folder, fresh=False) as running:
        running.wait_end(timeout_s)
    return running.run


def test_signed_program_starts_where_secure_boot_is_enforced(machines, signed):
    got = secure_boot(machines, signed, 150)
    assert got.ending == "ended", got.tail()
    document = got.document()
    assert document["tare"]["state"] == "done"
    assert document["tare"]["platform"]["secure_boot"] == "on"


def test_unsigned_program_does_not_start_there(machines):
    got = secure_boot(machines, machine.BUILD / "tare.efi", 40)  # the signed one is at its end by then
    assert got.ending == "late"
    assert "tare" not in got.text.lower().replace("tare.efi", "")
    assert got.blockstats["disk0"]["wr_bytes"] == 0


def test_key_of_another_certificate_is_refused(tmp_path):
    got = run("openssl", "genpkey", "-algorithm", "RSA", "-out", tmp_path / "other.pem")
    assert got.returncode == 0, got.stderr
    got = run(*MAKE, "sign", f"KEY={tmp_path}/other.pem", f"CERT={SNAKEOIL}.pem")
    assert got.returncode != 0
    assert "is not the key of the certificate" in got.stderr


# --- settings in the image

SETTINGS = ["suite=mine.fio", "label=from the image", "wait=0", "linger=0", "seed=7"]
JOB = "[mine]\nrw=randread\nbs=4k\nnumber_ios=64\nsize=1m\n"


def embed(*words):
    return run(machine.BUILD / "tare", "embed", *words)


def test_settings_and_job_files_in_the_image_are_obeyed(machines, tmp_path):
    image = tmp_path / "tare.iso"
    (tmp_path / "mine.fio").write_text(JOB)
    shutil.copyfile(machine.BUILD / "tare.iso", image)
    assert embed(image).stdout == "# nothing is embedded\n"
    got = embed(image, *SETTINGS, tmp_path / "mine.fio")
    assert got.returncode == 0, got.stderr
    shown = embed(image).stdout
    assert JOB in shown and 'label="from the image"\n' in shown
    result = boot.boot_once(machines["embed-area"], machine.BUILD / "vm" / "embed-area", medium=image)
    assert result.ending == "ended", result.tail()
    document = result.document()
    tare = document["tare"]
    assert tare["state"] == "done"
    assert tare["label"] == "from the image"
    assert [job["jobname"] for job in document["jobs"]] == ["mine"]
    assert {"suite", "label", "wait", "linger", "seed"} == {
        key["name"] for key in tare["keys"] if key["source"] == "embed area"}


def test_settings_taken_out_again_leave_the_image_as_it_was(tmp_path):
    image = tmp_path / "tare.iso"
    shutil.copyfile(machine.BUILD / "tare.iso", image)
    assert embed(image, "suite=smoke").returncode == 0
    assert image.read_bytes() != (machine.BUILD / "tare.iso").read_bytes()
    assert embed(image, "--clear").returncode == 0
    assert image.read_bytes() == (machine.BUILD / "tare.iso").read_bytes()


@pytest.mark.parametrize("words, said", [
    (["siute=smoke"], 'no such key: did you mean tare.suite?'),
    (["suite"], '"suite": should be KEY=VALUE or a job file NAME.fio'),
    (["wait=soon"], '"soon": a number from 0 to 3600'),
    (["absent.fio"], "absent.fio: No such file or directory"),
    (['label=a"b'], "neither quotes nor line ends are possible"),
])
def test_settings_that_make_no_sense_leave_the_image_as_it_was(tmp_path, words, said):
    image = tmp_path / "tare.iso"
    shutil.copyfile(machine.BUILD / "tare.iso", image)
    got = embed(image, *words)
    assert got.returncode == 2
    assert said in got.stderr
    assert image.read_bytes() == (machine.BUILD / "tare.iso").read_bytes()


def test_only_an_image_of_tare_takes_settings(tmp_path):
    other = tmp_path / "other.img"
    other.write_bytes(bytes(1 << 20))
    got = embed(other, "suite=smoke")
    assert got.returncode == 2
    assert "should be a tare.iso" in got.stderr
    assert other.read_bytes() == bytes(1 << 20)
