# SPDX-License-Identifier: MIT
"""These tests will check that UEFI firmware starts tare.efi from a web server, by its own HTTP boot."""

import os
import subprocess
import sys
import time

import pytest

import boot
import machine

HOST = "10.9.0.1"
PORT = 8000
# A name for this process alone, so that two runs at once do not meet.
SPACE = f"tare-{os.getpid()}"
INSIDE = ["ip", "netns", "exec", SPACE]


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@pytest.fixture
def network(tmp_path):
    """A network without a way out: a tap for the machine, DHCP as RFC 2132's option 60 wants it for
    HTTP boot (UEFI specification 2.10, 24.7.3.1), and a web server for build/pxe."""
    servers = []
    ip("netns", "add", SPACE)
    try:
        ip("-n", SPACE, "tuntap", "add", "dev", "tap0", "mode", "tap")
        ip("-n", SPACE, "addr", "add", f"{HOST}/24", "dev", "tap0")
        ip("-n", SPACE, "link", "set", "tap0", "up")
        for name, words in {
            "dhcp": ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0",
                     "--interface=tap0", "--bind-interfaces", "--pid-file=", "--log-dhcp",
                     "--log-facility=-", f"--dhcp-leasefile={tmp_path}/leases",
                     "--dhcp-range=10.9.0.10,10.9.0.20",
                     "--dhcp-vendorclass=set:http,HTTPClient",
                     "--dhcp-option-force=tag:http,60,HTTPClient",
                     f"--dhcp-boot=tag:http,http://{HOST}:{PORT}/tare.efi"],
            "http": [sys.executable, "-m", "http.server", "--bind", HOST, str(PORT),
                     "--directory", str(machine.BUILD / "pxe")],
        }.items():
            with open(tmp_path / f"{name}.log", "wb") as log:
                servers.append(subprocess.Popen(INSIDE + ["setpriv", "--pdeathsig", "KILL"] + words,
                                                stdout=log, stderr=log))
        time.sleep(1)
        assert all(server.poll() is None for server in servers), [
            path.read_text() for path in tmp_path.glob("*.log")]
        yield tmp_path
    finally:
        for server in servers:
            server.kill()
            server.wait()
        ip("netns", "del", SPACE)


def in_the_network(words):
    at = words.index("-netdev") + 1
    return INSIDE + words[:at] + ["tap,id=net,ifname=tap0,script=no,downscript=no"] + words[at + 1:]


@pytest.mark.group("long")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a network")
def test_firmware_fetches_the_program_by_http(machines, network):
    run = boot.boot_once(machines["uefi-http"], machine.BUILD / "vm" / "uefi-http",
                         rewrite=in_the_network)
    assert run.ending == "ended", run.tail()
    assert run.document()["tare"]["state"] == "done"
    assert "GET /tare.efi" in (network / "http.log").read_text()
    assert "vendor class: HTTPClient" in (network / "dhcp.log").read_text()
