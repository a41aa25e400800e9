# SPDX-License-Identifier: MIT
"""Every check of ci/check.sh is made to fail, and ci/test.sh is made to count what goes wrong."""
import re
import shutil
import subprocess

import pytest

SOURCE = """// SPDX-License-Identifier: MIT
/* A module. */
#include "lib/one.h"

int one_get(void)
{
	return 1;
}
"""
HEADER = """/* SPDX-License-Identifier: MIT */
/* A header. */
#ifndef ONE_H
#define ONE_H

int one_get(void);

#endif
"""
SCRIPT = """#!/bin/sh
# SPDX-License-Identifier: MIT
set -eu
echo "$1"
"""
PYTHON = """# SPDX-License-Identifier: MIT
\"\"\"Nothing.\"\"\"
"""


@pytest.fixture
def tree(tmp_path, top):
    """A small tree on which every check passes."""
    root = tmp_path / "tree"
    for folder in ("ci", "bench/lib", "bench/run", "bench/hw", "init", "image", "tests/vm",
                   "tests/meta", "tests/golden", "tests/browser", "docs"):
        (root / folder).mkdir(parents=True)
    for name in ("ci/check.sh", "ci/check_includes.py", ".clang-format", ".shellcheckrc"):
        shutil.copy(top / name, root / name)
    (root / "bench/lib/one.c").write_text(SOURCE)
    (root / "bench/lib/one.h").write_text(HEADER)
    (root / "bench/hw/disk_open.c").write_text(
        "// SPDX-License-Identifier: MIT\n/* Opens. */\nint flags(void)\n{\n"
        "\treturn O_RDWR | BLKROSET;\n}\n")
    (root / "image/make.sh").write_text(SCRIPT)
    for folder in ("tests/vm", "tests/meta", "tests/golden", "tests/browser", "image"):
        (root / folder / "nothing.py").write_text(PYTHON)
    (root / "docs/page.md").write_text("A page.\n")
    subprocess.run(["git", "init", "-q", root], check=True)
    (root / ".gitignore").write_text("/build/\n__pycache__/\n")
    return root


HOME = "/home/somebody"


def check(root, run):
    return run(root / "ci" / "check.sh", root, env={"HOME": HOME})


def failed_steps(output):
    return re.findall(r"^  FAILED  (.*)$", output, re.M)


def test_good_tree_passes_every_check(tree, run):
    """This test will check that the small tree is right, so that what follows is the fault made."""
    done = check(tree, run)
    assert done.returncode == 0, done.stdout
    assert failed_steps(done.stdout) == []
    assert len(re.findall(r"^  (?:ok|skipped) ", done.stdout, re.M)) == 10


def test_build_output_is_not_checked(tree, run):
    """This test will check that what git ignores is left alone."""
    (tree / "build").mkdir()
    (tree / "build/bad.sh").write_text("#!/bin/sh\necho $1\n")
    assert check(tree, run).returncode == 0


def lines(*texts):
    return "".join(f"{text}\n" for text in texts)


# Notes to do something later, in halves: this file is checked, too.
LATER = ["TO" + "DO", "FIX" + "ME"]
LONG = SOURCE + lines(*["/* More. */"] * 500)
# The step that must fail; the file made or overwritten; its text; what the step must say of it.
FAULTS = [
    ("shellcheck", "image/make.sh", SCRIPT.replace('"$1"', "$1"), r"image/make\.sh line 4"),
    ("shellcheck", "ci/other.sh", "#!/bin/bash\n# SPDX-License-Identifier: MIT\ncd /nowhere\n",
     r"ci/other\.sh line 3"),
    ("clang-format", "bench/lib/one.c", SOURCE.replace("\treturn", "    return"),
     r"bench/lib/one\.c:6:"),  # where the wrong white space begins
    ("clang-format", "bench/lib/one.h", HEADER.replace("int one_get(void);", "int  one_get(void);"),
     r"bench/lib/one\.h:6:"),
    ("licence of every source", "bench/lib/two.c", "/* No licence. */\nint two;\n",
     r"bench/lib/two\.c:1: no SPDX"),
    ("licence of every source", "image/two.py", "print(1)\n", r"image/two\.py:1: no SPDX"),
    ("licence of every source", "tests/vm/machines.ini", "[a]\n", r"machines\.ini:1: no SPDX"),
    ("layers of #include", "bench/lib/one.c", SOURCE.replace("lib/one.h", "run/run.h"),
     r"bench/lib/one\.c:3: lib must not include run/run\.h"),
    ("layers of #include", "bench/run/one.c", SOURCE.replace("lib/one.h", "result/result.h"),
     r"bench/run/one\.c:3: run must not include result/result\.h"),
    ("layers of #include", "bench/run/one.c", SOURCE.replace('"lib/one.h"', "<liburing.h>"),
     r"bench/run/one\.c:3: liburing\.h is for bench/engine/uring\.c, bench/probe/probe_syscall\.c alone"),
    ("layers of #include", "bench/lib/one.c", SOURCE.replace('"lib/one.h"', "<cJSON.h>"),
     r"bench/lib/one\.c:3: cJSON\.h is for bench/lib/json\.c, bench/lib/json_parse\.c alone"),
    ("layers of #include", "bench/odd/one.c", SOURCE, r"bench/odd/one\.c:1: folder odd has no layer"),
    ("one file writes to disks", "bench/lib/one.c",
     SOURCE.replace("return 1", 'return open("/dev/sda", O_RDWR)'),
     r"bench/lib/one\.c:7:.*O_RDWR"),
    ("one file writes to disks", "bench/run/one.c", SOURCE.replace("return 1", "return BLKROSET"),
     r"bench/run/one\.c:7:.*BLKROSET"),
    ("one file writes to disks", "init/init.c", SOURCE.replace("return 1", "return O_WRONLY"),
     r"init/init\.c:7:.*O_WRONLY"),
    ("one file writes to disks", "bench/hw/disk_scan.c",
     SOURCE.replace("return 1", "return O_CREAT"), r"bench/hw/disk_scan\.c:7:.*O_CREAT"),
    ("one file sends raw commands", "bench/engine/one.c", SOURCE.replace("return 1", "return SG_IO"),
     r"bench/engine/one\.c:7:.*SG_IO"),
    ("one file sends raw commands", "bench/hw/disk_open.c",
     SOURCE.replace("return 1", "return NVME_IOCTL_IO_CMD"), r"bench/hw/disk_open\.c:7:.*NVME_IOCTL_IO_CMD"),
    ("JavaScript parses", "tests/browser/x.js", "// SPDX-License-Identifier: MIT\nlet x = ;\n", r"x\.js:2"),
    ("words", "docs/page.md", f"A page.\n{LATER[0]}: the rest.\n", rf"docs/page\.md:2:{LATER[0]}"),
    ("words", "docs/page.md", f"See http:{'//'}mirror.example/debian.\n", r"docs/page\.md:1:"),
    ("words", "bench/lib/one.c", SOURCE.replace("A module", LATER[1]), r"bench/lib/one\.c:2:"),
    ("words", "image/make.sh", SCRIPT.replace('"$1"', "@TREE@/x"), r"image/make\.sh:4:"),
    ("words", "image/make.sh", SCRIPT.replace('"$1"', f"{HOME}/x"), r"image/make\.sh:4:"),
    ("file sizes", "bench/lib/one.c", LONG, r"bench/lib/one\.c: 508 lines, more than 500"),
    ("file sizes", "init/init.c", LONG, r"init/init\.c: 508 lines"),
    ("Python compiles", "tests/vm/bad.py", PYTHON + "def broken(:\n", r"tests/vm/bad\.py.*\n.*line 3|tests/vm/bad\.py\", line 3"),
    ("Python compiles", "ci/bad.py", PYTHON + "  x = 1\n", r"ci/bad\.py.*\n.*line 3"),
]


@pytest.mark.parametrize("step,name,text,message", FAULTS,
                         ids=[f"{fault[0]}-{fault[1]}-{i}" for i, fault in enumerate(FAULTS)])
def test_check_fails_on_its_fault(tree, run, step, name, text, message):
    """This test will check that one fault fails one step, which names the file and where in it."""
    path = tree / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.replace("@TREE@", str(tree)))
    if text.startswith("#!"):
        path.chmod(0o755)
    if step == "clang-format" and not formats():
        pytest.skip("clang-format is not version 14: the step is skipped")
    done = check(tree, run)
    assert done.returncode != 0, done.stdout
    assert failed_steps(done.stdout) == [step], done.stdout
    assert re.search(message, done.stdout), done.stdout


def formats():
    done = subprocess.run(["clang-format", "--version"], capture_output=True, text=True,
                          check=False, timeout=60)
    return " version 14." in done.stdout


def test_every_step_has_its_fault(top):
    """This test will check that no step was added without one that makes it fail."""
    script = (top / "ci" / "check.sh").read_text()
    steps = set(re.findall(r'^\s*step "([^"]+)"', script, re.M))
    assert steps and steps == {fault[0] for fault in FAULTS}


def test_several_faults_are_all_told(tree, run):
    """This test will check that the first failing step does not hide a later one."""
    (tree / "bench/lib/one.c").write_text(LONG.replace("A module", LATER[0]))
    done = check(tree, run)
    assert failed_steps(done.stdout) == ["words", "file sizes"]


def test_script_checks_its_own_tree(tree, run, tmp_path):
    """This test will check that without a folder the script checks the tree it stands in."""
    (tree / "bench/lib/one.c").write_text(LONG)
    done = run(tree / "ci" / "check.sh", cwd=tmp_path)
    assert failed_steps(done.stdout) == ["file sizes"], done.stdout


def test_folder_without_git_is_refused(run, top, tmp_path):
    """This test will check that a script that sees no files does not say that all is well."""
    done = run(top / "ci" / "check.sh", tmp_path, env={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    assert done.returncode == 1
    assert "not a git checkout" in done.stderr


# --- ci/test.sh ---

CMOCKA = """
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
static void passes(void **state) { (void)state; assert_int_equal(1, 1); }
static void fails(void **state) { (void)state; assert_int_equal(1, 2); }
static void skips(void **state) { (void)state; skip(); }
static void dies(void **state) { (void)state; abort(); }
int main(void)
{
	const struct CMUnitTest tests[] = { %s };
	(void)passes; (void)fails; (void)skips; (void)dies;
	%s
	return cmocka_run_group_tests(tests, NULL, NULL);
}
"""


FOLDERS = ("meta", "golden", "browser", "vm", "oracle")  # folders of tests, each given one that passes
FOLDERS_N = len(FOLDERS)


@pytest.fixture
def counted(tmp_path, top, run):
    """Runs ci/test.sh on programs made of cmocka tests; returns it finished, and its last line."""
    root = tmp_path / "tree"
    for folder in ("ci", "build/tests", "tests/unit", "tests/fuzz/corpus/thing"):
        (root / folder).mkdir(parents=True)
    for name in ("ci/test.sh", "ci/junit.py"):
        shutil.copy(top / name, root / name)
    for name in FOLDERS:
        (root / "tests" / name).mkdir()
        (root / "tests" / name / "test_one.py").write_text("def test_one():\n    pass\n")
    for name in ("meta", "vm"):
        (root / "tests" / name / "conftest.py").write_text(
            "def pytest_addoption(parser):\n    parser.addoption('--group')\n")
    (root / "tests/fuzz/corpus/thing/seed").write_text("x")
    (root / "tests/fuzz/fuzz_thing.c").write_text("")
    target = root / "build/tests/fuzz_thing"
    target.write_text("#!/bin/sh\necho input\n")
    target.chmod(0o755)

    def compile_one(name, tests, first=""):
        source = root / "tests/unit" / f"{name}.c"
        rows = ", ".join(f"cmocka_unit_test({test})" for test in tests)
        source.write_text(CMOCKA % (rows or "{ 0 }", first))
        subprocess.run(["gcc", "-o", root / "build/tests" / name, source, "-lcmocka"], check=True)

    def call(**programs):
        for name, (tests, first) in programs.items():
            compile_one(name, tests, first)
        done = run(root / "ci" / "test.sh", env={"B": "build"})
        return done, done.stdout.splitlines()[-1]
    call.root = root
    return call


def test_counts_add_up(counted):
    """This test will check passed, failed and skipped of every kind of test."""
    done, last = counted(test_a=(["passes", "passes"], ""), test_b=(["passes", "skips"], ""))
    assert last == f"{FOLDERS_N + 4} passed, 0 failed, 1 skipped", done.stdout
    assert done.returncode == 0


def test_run_that_ends_before_its_tests_is_counted(counted):
    """This test will check that pytest giving up is no pass, although no test has failed."""
    (counted.root / "tests/golden/conftest.py").write_text(
        "import pytest\n@pytest.fixture(scope='session', autouse=True)\n"
        "def farm():\n    pytest.exit('not built', 2)\n")
    done, last = counted(test_a=(["passes"], ""))
    assert re.fullmatch(r"\d passed, 1 failed, 0 skipped", last), done.stdout
    assert done.returncode != 0


# Programs, and the last line they must give beside those tests in Python and a fuzz target.
BAD_PROGRAMS = [
    ({"test_a": (["passes", "fails"], "")}, f"{FOLDERS_N + 2} passed, 1 failed, 0 skipped"),
    ({"test_a": (["fails", "fails"], ""), "test_b": (["passes"], "")},
     f"{FOLDERS_N + 2} passed, 2 failed, 0 skipped"),
    ({"test_a": (["passes", "dies"], "")}, r"\d passed, 1 failed, 0 skipped"),
    ({"test_a": (["passes"], "_Exit(0);")}, f"{FOLDERS_N + 1} passed, 1 failed, 0 skipped"),  # no test ran
    ({"test_a": (["passes"], "_Exit(3);")}, f"{FOLDERS_N + 1} passed, 1 failed, 0 skipped"),
    ({"test_a": (["passes"], "*(volatile int *)0 = 1;")}, f"{FOLDERS_N + 1} passed, 1 failed, 0 skipped"),
]


@pytest.mark.parametrize("programs,want", BAD_PROGRAMS,
                         ids=["fails", "fail-and-pass", "dies", "no-test", "status", "crashes"])
def test_bad_programs_are_counted(counted, programs, want):
    """This test will check that no way to go wrong is counted as a pass."""
    done, last = counted(**programs)
    assert re.fullmatch(want, last), done.stdout
    assert done.returncode != 0
    assert "FAILED  test_a" in done.stdout


def failures_named(done):
    """The lines that stand between the tests' own output and the last line."""
    lines = done.stdout.splitlines()[:-1]
    return lines[max((n for n, line in enumerate(lines) if not line.startswith("FAILED  ")), default=-1) + 1:]


def test_what_failed_is_named_at_the_end(counted):
    """This test will check that the last lines say which tests failed, and why, of every kind of test."""
    (counted.root / "build/tests/fuzz_thing").write_text("#!/bin/sh\necho input\nexit 3\n")
    (counted.root / "tests/golden/test_one.py").write_text(
        "def test_one():\n    assert 1 == 2\n\n\ndef test_two(nothing):\n    pass\n")
    done, _ = counted(test_a=(["passes", "fails", "skips"], ""), test_b=(["passes"], "_Exit(3);"))
    named = failures_named(done)
    assert [line.split(": ")[0] for line in named] == \
        ["FAILED  test_a", "FAILED  test_b", "FAILED  fuzz_thing", "FAILED  golden", "FAILED  golden"], done.stdout
    assert re.match(r"FAILED  test_a: fails: 0x1 != 0x2: .*test_a\.c:\d+: error: Failure!", named[0])
    assert named[1:3] == ["FAILED  test_b: status 3", "FAILED  fuzz_thing: status 3"]
    assert re.match(r"FAILED  golden: \S*test_one\.test_one: assert 1 == 2", named[3])
    assert re.match(r"FAILED  golden: \S*test_one\.test_two: .*fixture 'nothing' not found", named[4])


@pytest.mark.parametrize("text,want", [
    ("def test_one():\n    assert 0\n", f"{FOLDERS_N + 1} passed, 1 failed, 0 skipped"),
    ("", f"{FOLDERS_N + 1} passed, 1 failed, 0 skipped"),
    ("import nothing_of_this_name\n", f"{FOLDERS_N + 1} passed, 1 failed, 0 skipped"),
    ("import pytest\n\n\ndef test_one():\n    pytest.skip('no reason')\n",
     f"{FOLDERS_N + 1} passed, 0 failed, 1 skipped"),
], ids=["fails", "empty", "not-importable", "skips"])
def test_tests_in_python_are_counted(counted, text, want):
    """This test will check the counts that come from pytest."""
    (counted.root / "tests/golden/test_one.py").write_text(text)
    done, last = counted(test_a=(["passes"], ""))
    assert last == want, done.stdout
    assert (done.returncode == 0) == (" 0 failed" in want)


def test_fuzz_targets_are_counted(counted):
    """This test will check that a target that finds something fails."""
    (counted.root / "build/tests/fuzz_thing").write_text("#!/bin/sh\necho input\nexit 1\n")
    done, last = counted(test_a=(["passes"], ""))
    assert last == f"{FOLDERS_N + 1} passed, 1 failed, 0 skipped", done.stdout
    assert done.returncode != 0 and "FAILED  fuzz_thing" in done.stdout


@pytest.mark.parametrize("missing", ["unit", "fuzz", "python"])
def test_tests_that_are_not_there_are_no_pass(counted, missing):
    """This test will check that a kind of test of which there is none fails the whole."""
    if missing == "fuzz":
        (counted.root / "build/tests/fuzz_thing").unlink()
    if missing == "python":
        (counted.root / "tests/vm/test_one.py").unlink()
    done, last = counted(**({} if missing == "unit" else {"test_a": (["passes"], "")}))
    assert done.returncode != 0, done.stdout
    assert re.fullmatch(r"\d passed, 1 failed, 0 skipped", last), done.stdout
