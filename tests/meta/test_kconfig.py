# SPDX-License-Identifier: MIT
"""kconfig/check.sh must fail, naming the symbol, whenever a configuration is not what was asked."""
import pytest

CONFIG = """\
CONFIG_NET=y
CONFIG_NR_CPUS=512
CONFIG_LOCALVERSION="-tare"
# CONFIG_MODULES is not set
"""

GOOD = """\
# A reason.
CONFIG_NET=y
CONFIG_NR_CPUS=512
CONFIG_LOCALVERSION="-tare"
CONFIG_MODULES=n
CONFIG_UNHEARD_OF=n
"""

# What the fragments say, and what the message must name.
BAD = {
    "lost": (["CONFIG_XEN=y\n"], ["a.config:1: CONFIG_XEN: wanted y", "it not set"]),
    "wrong number": (["CONFIG_NR_CPUS=64\n"], ["CONFIG_NR_CPUS: wanted 64", "has 512"]),
    "wrong string": (['CONFIG_LOCALVERSION="-x"\n'], ['wanted "-x"', 'has "-tare"']),
    "not off": (["CONFIG_NET=n\n"], ["CONFIG_NET: wanted n", "has y"]),
    "prefix of another": (["CONFIG_NE=y\n"], ["CONFIG_NE: wanted y"]),
    "twice in one": (["CONFIG_NET=y\nCONFIG_NET=y\n"],
                     ["a.config:2: CONFIG_NET: requested before at", "a.config:1"]),
    "in two fragments": (["CONFIG_NET=y\n", "CONFIG_NET=y\n"],
                         ["b.config:1: CONFIG_NET: requested before at", "a.config:1"]),
    "no request": (["# only words\n"], ["no request"]),
    "not a symbol": (["NET=y\n"], ['a.config:1: "NET=y": must be CONFIG_SYMBOL=value']),
    "no value": (["CONFIG_NET=\n"], ['"CONFIG_NET="']),
    "kconfig's own no": (["CONFIG_NET=y\nCONFIG_B is not set\n"], ['"CONFIG_B is not set"']),
    "every offender": (["CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=y\n"],
                       ["CONFIG_A:", "CONFIG_B:", "CONFIG_C:", "3 of 3"]),
}


def check(run, top, tmp_path, fragments):
    config = tmp_path / ".config"
    config.write_text(CONFIG)
    paths = []
    for name, text in zip("abc", fragments):
        paths.append(tmp_path / f"{name}.config")
        paths[-1].write_text(text)
    return run(top / "kconfig/check.sh", config, *paths)


def test_a_configuration_that_holds_everything_passes_silently(run, top, tmp_path):
    got = check(run, top, tmp_path, [GOOD])
    assert (got.returncode, got.stdout, got.stderr) == (0, "", "")


@pytest.mark.parametrize("case", BAD)
def test_an_offender_fails_the_check_and_is_named(run, top, tmp_path, case):
    fragments, words = BAD[case]
    got = check(run, top, tmp_path, fragments)
    assert got.returncode == 1
    for word in words:
        assert word in got.stderr


def test_a_missing_file_is_a_usage_error(run, top, tmp_path):
    got = run(top / "kconfig/check.sh", tmp_path / "none", tmp_path / "none")
    assert got.returncode == 2
    assert "cannot be read" in got.stderr


def test_our_fragments_hold_in_the_kernel_that_was_built(run, top, build):
    fragments = sorted((top / "kconfig").glob("*.config"))
    got = run(top / "kconfig/check.sh", build / "kernel.config", *fragments)
    assert (got.returncode, got.stderr) == (0, "")


def test_losing_any_one_symbol_of_ours_is_noticed(run, top, build, tmp_path):
    fragments = sorted((top / "kconfig").glob("*.config"))
    lines = (build / "kernel.config").read_text().splitlines()
    for symbol in ("CONFIG_VMWARE_PVSCSI", "CONFIG_HYPERV_UTILS", "CONFIG_IRQ_TIME_ACCOUNTING"):
        config = tmp_path / symbol
        config.write_text("\n".join(x for x in lines if not x.startswith(symbol + "=")) + "\n")
        got = run(top / "kconfig/check.sh", config, *fragments)
        assert got.returncode == 1
        assert f"{symbol}: wanted y" in got.stderr
        assert "1 of " in got.stderr


def test_merge_prints_each_request_once_sorted(run, top):
    lines = run(top / "kconfig/merge.sh").stdout.splitlines()
    assert len(lines) > 400
    assert lines == sorted(set(lines))
    assert all(line.startswith("CONFIG_") for line in lines)
