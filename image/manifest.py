#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes build/manifest.json (what was built, from what, with what) and build/SHA256SUMS.

It only reads what is there: an output that is missing is an error, not an omission.
"""
import hashlib
import json
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUTPUTS = ["tare", "init", "busybox", "vmlinuz", "kernel.config", "initramfs", "results.fat",
           "tare.iso", "tare.efi", "tare-results.img"]
RELEASED = ["tare", "vmlinuz", "initramfs", "kernel.config", "tare.iso", "tare.efi",
            "tare-results.img"]
# Tools whose version can change a byte of an output.
COMPILERS = {"gcc": ["gcc", "--version"], "ld": ["ld", "--version"]}
PACKAGES = ["grub-pc-bin", "grub-efi-amd64-bin", "xorriso", "mtools", "dosfstools", "gdisk", "zstd",
            "systemd-boot-efi"]


def first_line(command):
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return out.splitlines()[0].strip()


def package_version(name):
    return first_line(["dpkg-query", "-W", "-f", "${Version}", name])


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_line(path):
    with open(path, encoding="ascii") as file:
        return file.readline().strip()


def sources(path):
    """sources.used: package, pinned version, version used, sha256, file; one file a line."""
    found = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            name, pinned, used, digest, source = line.split()
            entry = found.setdefault(name, {"package": name, "pinned_version": pinned,
                                            "version": used, "as_pinned": pinned == used,
                                            "files": []})
            entry["files"].append({"file": source, "sha256": digest})
    return list(found.values())


def npm_packages(path):
    """npm.lock: name, version, integrity; each was checked when it was fetched."""
    with open(path, encoding="ascii") as file:
        rows = [line.split() for line in file if line.strip() and not line.startswith("#")]
    return [{"package": name, "version": version, "integrity": integrity}
            for name, version, integrity in rows]


def outputs(build):
    return [{"file": name, "size_bytes": os.path.getsize(os.path.join(build, name)),
             "sha256": sha256(os.path.join(build, name))} for name in OUTPUTS]


def write(path, text):
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(path + ".new", path)


def main():
    if len(sys.argv) != 2:
        sys.exit("tare: manifest.py: usage: manifest.py BUILD-FOLDER")
    build = sys.argv[1]
    missing = [name for name in OUTPUTS if not os.path.exists(os.path.join(build, name))]
    if missing:
        sys.exit(f"tare: manifest.py: {build}: missing: {' '.join(missing)}")
    env = dict(os.environ, B=os.path.abspath(build))
    key = subprocess.run([os.path.join(TOP, "kconfig/build.sh"), "--key"], check=True, env=env,
                         capture_output=True, text=True).stdout.strip()
    manifest = {
        "version": read_line(os.path.join(TOP, "VERSION")),
        "build_id": read_line(os.path.join(build, "build-id")),
        "kernel_key": key,
        "kconfig_version": int(read_line(os.path.join(TOP, "kconfig/VERSION"))),
        "sources": sources(os.path.join(build, "sources.used")),
        "npm": npm_packages(os.path.join(TOP, "image/npm.lock")),
        "compilers": {name: first_line(command) for name, command in COMPILERS.items()},
        "packages": {name: package_version(name) for name in PACKAGES},
        "outputs": outputs(build),
    }
    write(os.path.join(build, "manifest.json"), json.dumps(manifest, indent=2) + "\n")
    sums = {entry["file"]: entry["sha256"] for entry in manifest["outputs"]}
    write(os.path.join(build, "SHA256SUMS"),
          "".join(f"{sums[name]}  {name}\n" for name in RELEASED))


if __name__ == "__main__":
    main()
