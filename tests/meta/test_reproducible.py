# SPDX-License-Identifier: MIT
"""Everything that is released, built again from the sources: in another folder, by another user, under
another clock, language, umask and set of flags. The bytes must be those of the build folder."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import pytest

NOBODY = 65534
# What differs from whatever built the build folder; where nothing of it reaches the products, they are equal.
ELSEWHERE = {"TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "LANGUAGE": "de", "CFLAGS": "-O0 -g",
             "KBUILD_BUILD_USER": "somebody", "KBUILD_BUILD_HOST": "elsewhere", "SOURCE_DATE_EPOCH": "1"}
BUILD_S = 1800  # two minutes on two cores that do nothing else
KERNEL_S = 3 * 3600  # 20 minutes on two cores that do nothing else


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(os.environ.get("TARE_CACHE") or os.path.join(base, "tare"))


def copy_sources(top, to):
    """The checkout as an unpacked archive has it: without git and without anything built."""
    listed = subprocess.run(["git", "-C", top, "ls-files", "-z", "--cached", "--others",
                             "--exclude-standard"], capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (top / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(top / name, to / name)


def copy_cache(to, parts):
    """What was downloaded or built for all checkouts; locks belong to who made them."""
    for part in parts:
        shutil.copytree(cache_folder() / part, to / part, ignore=shutil.ignore_patterns("*.lock", ".tmp.*"))


@pytest.fixture
def folder():
    """Deep, and with another length than the checkout's path; its gigabytes do not stay."""
    with tempfile.TemporaryDirectory(prefix="tare-elsewhere-") as work:
        os.chmod(work, 0o755)
        place = pathlib.Path(work, "a/folder", "of", "another.depth")
        place.mkdir(parents=True)
        for parent in list(place.parents)[:3]:
            os.chmod(parent, 0o755)  # whatever the umask: somebody else passes here
        yield place


def build_elsewhere(top, folder, parts, timeout_s):
    copy_sources(top, folder / "tree")
    copy_cache(folder / "cache", parts)
    (folder / "home").mkdir()
    words = ["bash", "-c", "umask 077; exec make -j3 image"]
    if os.getuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
        words = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *words]
    env = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "TARE_CACHE": str(folder / "cache"),
           **ELSEWHERE}
    log = folder / "log"
    with open(log, "wb") as file:
        process = subprocess.Popen(words, cwd=folder / "tree", env=env, stdout=file, stderr=file,
                                   start_new_session=True)
    try:
        status = process.wait(timeout_s)
    finally:  # late or interrupted: the compilers below it, too
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert status == 0, log.read_text(errors="replace")[-3000:]
    return folder / "tree/build"


def assert_same(ours, theirs):
    def sums(path):
        return {line.split()[1]: line.split()[0] for line in (path / "SHA256SUMS").read_text().splitlines()}
    assert (ours / "build-id").read_text() == (theirs / "build-id").read_text()
    differ = [name for name, digest in sums(ours).items() if sums(theirs).get(name) != digest]
    assert not differ, f"not the bytes of {ours}"
    assert sums(ours).keys() == sums(theirs).keys() and len(sums(ours)) >= 7


def test_a_build_elsewhere_by_somebody_else_is_the_same_bytes(top, build, folder):
    made = build_elsewhere(top, folder, ["sources", "linux", "kernel"], BUILD_S)
    assert_same(build, made)


@pytest.mark.group("long")
def test_so_is_one_whose_kernel_is_compiled_from_its_source(top, build, folder):
    made = build_elsewhere(top, folder, ["sources"], KERNEL_S)
    assert (made / "kernel.log").exists(), "the kernel was not compiled"
    assert_same(build, made)
