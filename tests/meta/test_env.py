# SPDX-License-Identifier: MIT
"""image/env.sh: a step that fails must stop the build, whatever the user's environment holds."""
import os
import signal
import subprocess
import time

import pytest

SCRIPT = """\
set -eu
. {top}/image/env.sh
step() {{ echo before; false; echo after; }}
logged {log} {command}
echo went on
"""


def script(top, tmp_path, command):
    path = tmp_path / "script.sh"
    path.write_text(SCRIPT.format(top=top, log=tmp_path / "log", command=command))
    return path


@pytest.mark.parametrize("verbose", ["0", "1"])
def test_a_step_stops_at_its_first_failing_command_and_the_build_with_it(run, top, tmp_path,
                                                                         verbose):
    got = run("bash", script(top, tmp_path, "step"), env={"V": verbose})
    assert got.returncode == 1
    assert "went on" not in got.stdout
    assert (tmp_path / "log").read_text() == "before\n"
    assert f"script.sh: failed: step (whole output: {tmp_path}/log)" in got.stderr
    assert "before" in (got.stdout if verbose == "1" else got.stderr)


def test_a_step_that_succeeds_is_silent(run, top, tmp_path):
    got = run("bash", script(top, tmp_path, "echo words"), env={"V": "0"})
    assert (got.returncode, got.stdout, got.stderr) == (0, "went on\n", "")


def test_ctrl_c_leaves_nothing_running(top, tmp_path):
    # A shell that starts the tests in the background has them ignore SIGINT; a terminal does not.
    process = subprocess.Popen(["bash", script(top, tmp_path, "sleep 60")],
                               start_new_session=True,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=10) != 0
    time.sleep(0.2)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_flags_of_the_users_environment_do_not_reach_a_build(run, top):
    user = {"CFLAGS": "-O0", "LDFLAGS": "-g", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8",
            "KCFLAGS": "-g", "ARCH": "arm"}
    got = run("bash", "-c", f"umask 077; . {top}/image/env.sh; umask; env", env=user)
    seen = got.stdout.splitlines()
    assert seen[0] == "0022"
    assert {"TZ=UTC", "LC_ALL=C", "SOURCE_DATE_EPOCH=1767225600"} <= set(seen)
    assert not [line for line in seen if line.split("=")[0] in set(user) - {"TZ", "LC_ALL"}]
