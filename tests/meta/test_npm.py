# SPDX-License-Identifier: MIT
"""image/npm.sh with an npm that is made here: what is pinned, what differs, what is there already."""
import base64
import hashlib
import io
import tarfile

import pytest


class Registry:
    """A package, an npm that hands it out and counts, and an empty cache."""

    def __init__(self, root, top):
        self.root, self.top = root, top
        (root / "bin").mkdir()
        npm = root / "bin/npm"
        npm.write_text(f"""#!/bin/sh
echo "$@" >> {root}/called
while [ "$1" != --pack-destination ]; do shift; done
cp {root}/package.tgz "$2/$(echo "$3" | tr @ -).tgz"
""")
        npm.chmod(0o755)
        with tarfile.open(root / "package.tgz", "w:gz") as archive:
            for name, text in (("package/package.json", b"{}"), ("package/dist/x.js", b"1;\n")):
                entry = tarfile.TarInfo(name)
                entry.size = len(text)
                archive.addfile(entry, io.BytesIO(text))

    def integrity(self):
        digest = hashlib.sha512((self.root / "package.tgz").read_bytes()).digest()
        return "sha512-" + base64.b64encode(digest).decode()

    def fetch(self, run, *lines, build="build"):
        (self.root / build).mkdir(exist_ok=True)
        (self.root / "lock").write_text("".join(line + "\n" for line in lines))
        return run(self.top / "image/npm.sh", self.root / "lock",
                   env={"PATH": f"{self.root}/bin:/usr/bin:/bin", "TARE_CACHE": str(self.root / "cache"),
                        "B": str(self.root / build)})

    def calls(self):
        called = self.root / "called"
        return called.read_text().splitlines() if called.exists() else []


@pytest.fixture
def registry(tmp_path, top):
    return Registry(tmp_path, top)


def test_a_package_arrives_by_name_and_is_asked_for_once(run, registry):
    line = f"goods 1.2.3 {registry.integrity()}"
    for build in ("build", "second"):
        got = registry.fetch(run, "# a comment", line, build=build)
        assert (got.returncode, got.stderr) == (0, "")
        assert (registry.root / build / "npm/goods/dist/x.js").read_text() == "1;\n"
    assert len(registry.calls()) == 1 and registry.calls()[0].endswith(" goods@1.2.3")


def test_what_differs_from_the_lock_is_refused(run, registry):
    wrong = "sha512-" + base64.b64encode(hashlib.sha512(b"another").digest()).decode()
    got = registry.fetch(run, f"goods 1.2.3 {wrong}")
    assert got.returncode == 1 and "goods 1.2.3: integrity differs" in got.stderr
    assert not (registry.root / "build/npm/goods").exists()


def test_a_damaged_cache_is_fetched_anew(run, registry):
    line = f"goods 1.2.3 {registry.integrity()}"
    assert registry.fetch(run, line).returncode == 0
    kept, = registry.root.glob("cache/sources/npm/*.tgz")
    kept.write_bytes(b"damaged")
    assert registry.fetch(run, line, build="second").returncode == 0
    assert len(registry.calls()) == 2


@pytest.mark.parametrize("line", ["goods 1.2.3", "goods 1.2.3 sha1-abc", "../goods 1 sha512-abc=="])
def test_a_bad_lock_is_refused_by_line(run, registry, line):
    got = registry.fetch(run, line)
    assert got.returncode == 1 and "lock:1: " in got.stderr and registry.calls() == []


@pytest.mark.parametrize("part", ["obj", "native/obj"])
def test_a_page_waits_for_what_is_fetched(run, tmp_path, top, part):
    build = tmp_path / "build"
    got = run("make", "-n", "-C", top, f"B={build}", f"{build}/{part}/bench/render/html_parts.o")
    assert got.returncode == 0, got.stderr
    lines = got.stdout.splitlines()
    fetched = [n for n, line in enumerate(lines) if line.endswith("image/npm.sh")]
    used = [n for n, line in enumerate(lines) if " -c bench/render/html_parts.c" in line]
    assert fetched and used and fetched[0] < used[0], got.stdout
