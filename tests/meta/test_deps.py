# SPDX-License-Identifier: MIT
"""ci/packages.list must hold every package whose commands our scripts call, and deps.sh must say
what is missing."""
import os
import re
import shutil
import subprocess

import pytest

# Words after which, or characters behind which, a shell expects a command.
KEYWORDS = {"if", "then", "else", "elif", "while", "until", "do", "!", "time", "{", "exec"}
# Commands that run their arguments as a command.
RUNNERS = {"nice", "xargs", "env", "timeout", "command", "setpriv"}
# Prefixes of the makefiles' recipes.
RECIPE = re.compile(r"^\t(?:\$\(Q\)|@|-)*", re.M)


def shell_text(path):
    text = path.read_text()
    if path.suffix == ".mk" or path.name == "Makefile":
        text = "\n".join(RECIPE.sub("", line) for line in text.splitlines()
                         if line.startswith("\t") and "$(call" not in line)
        text = re.sub(r"\$\((?![a-z-]+ )[^)]*\)", "x", text)
    text = re.sub(r"<<-? *'?(\w+)'?\n.*?\n\t*\1\n", "\n", text, flags=re.S)
    text = text.replace("\\\n", " ")
    text = re.sub(r"(?m)(^|\s)#.*$", "", text)
    text = re.sub(r"'[^']*'", "''", text)
    return text.replace('"', " ")


def commands_in(text):
    """Every word that stands where a shell looks for a command."""
    found = set()
    text = re.sub(r"\$\(\(.*?\)\)", "0", text)
    for part in re.split(r"\$\(|[\n|;&(){}`]", text):
        words = part.split()
        while words and (words[0] in KEYWORDS or re.match(r"\w+\+?=", words[0])):
            words.pop(0)
        while words and words[0] in RUNNERS:
            found.add(words.pop(0))
            while words and (words[0].startswith("-") or re.match(r"[0-9]+$|\w+=", words[0])):
                words.pop(0)
        if words and re.fullmatch(r"[a-z][a-z0-9_.+-]*", words[0]):
            found.add(words[0])
    return found


def scripts(top):
    for folder in ("image", "kconfig", "ci", "init", "bench", "tests", "."):
        for pattern in ("*.sh", "*.mk", "Makefile"):
            yield from sorted((top / folder).glob(pattern))
    if (top / ".ci/run").exists():
        yield top / ".ci/run"


def listed(top):
    rows = [line.split() for line in (top / "ci/packages.list").read_text().splitlines()
            if line and not line.startswith("#")]
    assert all(len(row) >= 3 for row in rows), "each package needs a group and a reason"
    return {row[1]: row[0] for row in rows}


def builtins():
    return set(subprocess.run(["bash", "-c", "compgen -b"], check=True, capture_output=True,
                              text=True).stdout.split())


def owners(commands):
    """{command: package} for the commands that are files here; functions have no owner."""
    paths = {}
    for command in commands:
        path = shutil.which(command, path="/usr/sbin:/usr/bin:/sbin:/bin")
        for name in {path, os.path.realpath(path)} if path else ():
            paths[name] = paths[name.removeprefix("/usr")] = command
    out = subprocess.run(["dpkg-query", "-S", *paths], capture_output=True, text=True,
                         check=False).stdout
    rows = [line.split(": ") for line in out.splitlines() if not line.startswith("diversion")]
    return {paths[path]: packages.split(",")[0].split(":")[0] for packages, path in rows}


def closure(names):
    """Packages with everything they depend on, as installed here."""
    out = subprocess.run(["dpkg-query", "-W", "-f", "${Package}\t${Pre-Depends},${Depends}\n"],
                         check=True, capture_output=True, text=True).stdout
    needs = dict(line.split("\t") for line in out.splitlines())
    seen, queue = set(), list(names)
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            queue += re.findall(r"(?:^|[,|])\s*([a-z0-9.+-]+)", needs.get(name, ""))
    return seen


def base_system():
    out = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Essential} ${Priority}\n"],
                         check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in out.splitlines()]
    return {row[0] for row in rows if "yes" in row[1:] or "required" in row[1:]} | {"apt"}


def test_the_scan_sees_commands_where_a_shell_does():
    text = ('x=$(sort -u a | cut -c1)\nif ! grep -q y; then nice -n 5 tar x; fi\n'
            'A=1 B=2 od f || head\n')
    assert commands_in(text) == {"sort", "cut", "grep", "nice", "tar", "fi", "od", "head"}


def test_every_command_that_a_script_calls_comes_with_a_listed_package(top):
    allowed = closure(set(listed(top)) | base_system())
    calls = {}
    for script in scripts(top):
        for command in commands_in(shell_text(script)) - builtins():
            calls.setdefault(command, script.name)
    found = owners(calls)
    missing = {package: f"{command} in {calls[command]}" for command, package in found.items()
               if package not in allowed}
    assert not missing, "not in ci/packages.list: " + repr(missing)
    # The scan itself must not have gone blind.
    assert {"xorriso", "sgdisk", "mcopy", "mkfs.fat", "zstd", "dpkg-source", "readelf", "gcc",
            "grub-mkimage", "flock"} <= set(found)


def installed():
    """Packages that are installed, and what they provide."""
    out = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}, ${Provides}\n"],
                         check=True, capture_output=True, text=True).stdout
    rows = [line.split(" ", 1)[1] for line in out.splitlines() if line.startswith("installed ")]
    return {word.split()[0] for row in rows for word in row.split(",") if word.split()}


def test_every_listed_package_exists_here(top):
    there = installed()
    for name, group in listed(top).items():
        if group == "bench":
            continue  # on machines that have measured only
        assert name in there, name


def fake_deps(top, tmp_path, uid):
    """deps.sh with a list that asks for something that exists nowhere, run as user id uid."""
    shutil.copy(top / "ci/deps.sh", tmp_path)
    (tmp_path / "packages.list").write_text("build\tdpkg\tthere\n"
                                            "test\ttare-no-such-package\tnot there\n"
                                            "bench\ttare-no-such-peer\tnot there\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/id").write_text(f"#!/bin/sh\necho {uid}\n")
    (tmp_path / "bin/apt-get").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/called\n')
    for tool in ("id", "apt-get"):
        (tmp_path / "bin" / tool).chmod(0o755)
    return {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}


def test_without_root_the_missing_packages_are_named_and_nothing_is_installed(run, top, tmp_path):
    got = run(tmp_path / "deps.sh", env=fake_deps(top, tmp_path, 1000))
    assert (got.returncode, got.stdout) == (1, "tare-no-such-package\n")
    assert not (tmp_path / "called").exists()


def test_as_root_only_what_is_missing_is_installed(run, top, tmp_path):
    got = run(tmp_path / "deps.sh", env=fake_deps(top, tmp_path, 0))
    assert got.returncode == 0
    install = (tmp_path / "called").read_text().splitlines()[-1].split()
    assert "install" in install and install[-1] == "tare-no-such-package"
    assert "dpkg" not in install


def test_what_another_package_provides_is_there(run, top, tmp_path):
    env = fake_deps(top, tmp_path, 1000)
    (tmp_path / "packages.list").write_text("build\tawk\tprovided by one of several\n")
    assert run(tmp_path / "deps.sh", env=env).returncode == 0


@pytest.mark.parametrize("group, code", [("build", 0), ("test", 1), ("bench", 1), ("nonsense", 2)])
def test_only_the_groups_asked_for_count(run, top, tmp_path, group, code):
    got = run(tmp_path / "deps.sh", group, env=fake_deps(top, tmp_path, 1000))
    assert got.returncode == code
