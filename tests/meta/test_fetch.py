# SPDX-License-Identifier: MIT
"""image/fetch.sh against a Debian mirror made here: what is pinned, what is gone, what is wrong."""
import hashlib
import shutil
import subprocess

import pytest

CONTROL = """\
Package: {name}
Version: {version}
Architecture: all
Maintainer: Nobody <nobody@example.org>
Description: a package of the test
"""


class Mirror:
    """A mirror with binary packages, an apt configuration that knows it, and an empty cache."""

    def __init__(self, root, top):
        self.root, self.top = root, top
        self.pool = root / "repo/pool"
        self.pool.mkdir(parents=True)
        (root / "sources.list").write_text(f"deb [trusted=yes] file:{root}/repo bookworm main\n")
        (root / "apt.conf").write_text(f'Dir::Etc::sourcelist "{root}/sources.list";\n'
                                       'Dir::Etc::sourceparts "-";\n')
        self.env = {"APT_CONFIG": str(root / "apt.conf"), "TARE_CACHE": str(root / "cache"),
                    "B": str(root / "build")}

    def add(self, name, version, fields=""):
        """Puts a package on the mirror; returns its line for the lock."""
        tree = self.root / "tree"
        shutil.rmtree(tree, ignore_errors=True)
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN/control").write_text(
            CONTROL.format(name=name, version=version) + fields)
        file = self.pool / f"{name}_{version}_all.deb"
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, file], check=True,
                       capture_output=True)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        return f"{name} {version} {digest} {file.name}"

    def index(self):
        repo = self.root / "repo"
        packages = subprocess.run(["dpkg-scanpackages", "--multiversion", "pool"], cwd=repo,
                                  check=True, capture_output=True, text=True).stdout
        for suite, text in (("trixie", packages), ("trixie-updates", "")):
            for kind, name in (("binary-amd64", "Packages"), ("source", "Sources")):
                folder = repo / "dists" / suite / "main" / kind
                folder.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text if name == "Packages" else "")

    def fetch(self, run, *lines, build="build", options=()):
        lock = self.root / "lock"
        lock.write_text("suite trixie\n" + "".join(line + "\n" for line in lines))
        env = dict(self.env, B=str(self.root / build))
        return run(self.top / "image/fetch.sh", *options, lock, env=env)

    def used(self, build="build", record="sources.used"):
        return [line.split() for line in (self.root / build / record).read_text().splitlines()]


@pytest.fixture
def mirror(tmp_path, top):
    return Mirror(tmp_path, top)


def test_a_pinned_package_arrives_and_needs_no_mirror_again(run, mirror):
    line = mirror.add("goods", "1.2.3-1")
    mirror.index()
    got = mirror.fetch(run, line)
    assert (got.returncode, got.stderr) == (0, "")
    name, version, digest, file = line.split()
    assert mirror.used() == [[name, version, version, digest, file]]
    shutil.rmtree(mirror.root / "repo")
    got = mirror.fetch(run, line, build="second")
    assert (got.returncode, got.stderr) == (0, "")
    copy = mirror.root / "second/sources/goods" / file
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == digest


def test_a_wrong_sha256_is_refused_and_nothing_is_recorded(run, mirror):
    line = mirror.add("goods", "1.2.3-1")
    mirror.index()
    digest = line.split()[2]
    wrong = digest.replace(digest[0], "0" if digest[0] != "0" else "1")
    got = mirror.fetch(run, line.replace(digest, wrong))
    assert got.returncode == 1
    for word in ("goods 1.2.3-1", "sha256 differs", wrong, digest):
        assert word in got.stderr
    assert not (mirror.root / "build/sources.used").exists()
    assert not (mirror.root / "build/sources/goods").exists()


def test_a_gone_version_is_replaced_by_the_newest_of_its_series(run, mirror):
    gone = mirror.add("goods", "1.2.3-1")
    next(mirror.pool.glob("*.deb")).unlink()
    mirror.add("goods", "1.2.9-1")
    newest = mirror.add("goods", "1.2.10-1")
    mirror.add("goods", "1.20.1-1")
    mirror.index()
    got = mirror.fetch(run, gone)
    assert got.returncode == 0
    assert "goods 1.2.3-1 is gone from the mirror, using 1.2.10-1" in got.stderr
    assert mirror.used() == [["goods", "1.2.3-1"] + newest.split()[1:]]


def test_a_second_build_takes_the_same_replacement(run, mirror):
    gone = mirror.add("goods", "1.2.3-1")
    next(mirror.pool.glob("*.deb")).unlink()
    mirror.add("goods", "1.2.9-1")
    mirror.index()
    assert mirror.fetch(run, gone).returncode == 0
    mirror.add("goods", "1.2.10-1")
    mirror.index()
    got = mirror.fetch(run, gone, build="second")
    assert "is gone from the mirror, using 1.2.9-1" in got.stderr
    assert mirror.used("second") == mirror.used()


def test_a_version_whose_file_is_gone_counts_as_gone(run, mirror):
    gone = mirror.add("goods", "1.2.3-1")
    mirror.add("goods", "1.2.4-1")
    mirror.index()
    (mirror.pool / "goods_1.2.3-1_all.deb").unlink()
    got = mirror.fetch(run, gone)
    assert got.returncode == 0, got.stderr
    assert "using 1.2.4-1" in got.stderr


def test_no_version_of_the_series_fails_and_lists_what_there_is(run, mirror):
    gone = mirror.add("goods", "1.2.3-1")
    next(mirror.pool.glob("*.deb")).unlink()
    mirror.add("goods", "1.3.0-1")
    mirror.index()
    got = mirror.fetch(run, gone)
    assert got.returncode == 1
    for word in ("goods 1.2.3-1 is gone", "nothing of that series", "1.3.0-1"):
        assert word in got.stderr


def test_a_damaged_file_in_the_cache_is_fetched_again(run, mirror):
    line = mirror.add("goods", "1.2.3-1")
    mirror.index()
    assert mirror.fetch(run, line).returncode == 0
    digest, file = line.split()[2:]
    kept = mirror.root / "cache/sources" / digest / file
    kept.chmod(0o644)
    kept.write_bytes(b"damaged")
    assert mirror.fetch(run, line, build="second").returncode == 0
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("line", ["goods 1.2.3-1", "goods 1.2.3-1 12ab goods.deb",
                                  "goods 1.2.3-1 " + "0" * 64 + " ../goods.deb"])
def test_a_malformed_line_is_refused_by_file_and_number(run, mirror, line):
    got = mirror.fetch(run, line)
    assert got.returncode == 1
    assert f'lock:2: "{line}": must be: package version sha256 file' in got.stderr


def test_a_system_without_a_debian_mirror_is_told_so(run, mirror):
    line = mirror.add("goods", "1.2.3-1")
    (mirror.root / "sources.list").write_text("")
    got = mirror.fetch(run, line)
    assert got.returncode == 1
    assert "apt has no Debian mirror" in got.stderr


def test_a_kernel_that_is_gone_with_its_package_is_replaced_by_the_one_of_today(run, mirror):
    gone = mirror.add("linux-image-6.12.1-cloud-amd64", "6.12.1-1")
    next(mirror.pool.glob("*.deb")).unlink()
    mirror.add("linux-image-cloud-amd64", "6.12.2-1",
               "Depends: linux-image-6.12.2-cloud-amd64 (= 6.12.2-1)\n")
    today = mirror.add("linux-image-6.12.2-cloud-amd64", "6.12.2-1").split()
    mirror.index()
    got = mirror.fetch(run, gone, options=["--peer"])
    assert got.returncode == 0, got.stderr
    assert mirror.used(record="peers.used") == [[today[0], "6.12.2-1"] + today[1:]]
    assert (mirror.root / "build/peers" / today[0] / today[3]).exists()
    assert not (mirror.root / "build/sources.used").exists()
    shutil.rmtree(mirror.root / "repo")
    assert mirror.fetch(run, gone, build="second", options=["--peer"]).returncode == 0
    assert mirror.used("second", "peers.used") == mirror.used(record="peers.used")
