# SPDX-License-Identifier: MIT
"""HTML reports in a browser, as readers have them: from a file, without a network, wide and narrow, light and
dark, by mouse, by keyboard, on paper, and without scripts. build/browser/ keeps the pictures."""
import re

import pytest

PAGES = ["comparison", "report"]
HOSTILE_PAGES = ["hostile-comparison", "hostile-report"]


@pytest.fixture(params=PAGES + HOSTILE_PAGES)
def any_page(request, pages, browse):
    return browse(request.param, pages[request.param])


@pytest.fixture(params=PAGES)
def page(request, pages, browse):
    return browse(request.param, pages[request.param])


def test_console_is_silent_and_nothing_is_fetched(any_page):
    """This test will check that the page is one file: no message, no request but for itself."""
    assert any_page["console"] == []
    assert len(any_page["requests"]) == 1 and any_page["requests"][0].startswith("file://")


def test_every_chart_is_drawn(any_page):
    """This test will check that each chart has a canvas with lines in colours, and that all kinds are there."""
    assert set(any_page["figures"]) == {"latency", "series", "sweep"}
    assert len(any_page["light"]) == len(any_page["figures"]) >= 10
    for canvas in any_page["light"]:
        assert canvas["drawn"] > 1000 and canvas["coloured"] > 300, canvas


def test_environments_have_colours_of_their_own(pages, browse):
    """This test will check that a chart of two environments has both their colours."""
    seen = browse("comparison", pages["comparison"])
    for canvas in seen["light"]:
        assert {"11,98,176", "194,65,12"} <= set(canvas["most"]), canvas


def test_values_are_shown_at_the_pointer(any_page):
    """This test will check each chart's value box: a place on the axis, and a value with its unit."""
    assert len(any_page["tips"]) == len(any_page["figures"])
    for kind, tip in zip(any_page["figures"], any_page["tips"]):
        begin = {"latency": r"p\d", "series": r"\d+\.\d s", "sweep": r"(depth|jobs) \d"}[kind]
        assert re.match(begin, tip), tip
        assert re.search(r": [\d,.]+ (IOPS|µs|ms|s)", tip), tip
    assert any_page["tips_left"] == []


@pytest.mark.parametrize("n, width", enumerate([320, 768, 1280, 2560]))
def test_no_width_needs_sideways_scrolling(any_page, n, width):
    """This test will check the page, and each chart within its frame, at four widths."""
    seen = any_page["widths"][n]
    assert seen["width"] == width and seen["page"] <= width
    assert len(seen["charts"]) == len(any_page["figures"]) and all(seen["charts"])


def test_dark_is_dark(page):
    """This test will check that paper and lines change with the reader's setting."""
    light, dark = ([int(v) for v in re.findall(r"\d+", colour)[:3]] for colour in page["paper"])
    assert min(light) > 230 and max(dark) < 60
    for before, after in zip(page["light"], page["dark"]):
        assert after["coloured"] > 300 and before["most"][0] != after["most"][0]


def test_keyboard_reaches_and_reads_charts(any_page):
    """This test will check the order of focus, the keys of a chart, and its legend's buttons."""
    assert any_page["focus"][0] == "a" and any_page["focus"][-1] == "plot"
    kinds = [k for i, k in enumerate(any_page["focus"]) if i == 0 or any_page["focus"][i - 1] != k]
    assert set(kinds) <= {"a", "scroll", "summary", "plot"} and kinds.count("a") == 1
    home, right, further, end, escape = any_page["key_tips"]
    assert home and right and further and end and not escape
    assert len({home, right, further}) == 3
    assert any_page["legend"] == [[True, "true"], [True, "false"], [True, "true"]]
    assert any_page["after_legend"] in ("u-label", "th", "u-marker", "summary")


def test_links_lead_to_sections(any_page):
    assert any_page["text"]["links"] is True


def test_without_scripts_tables_stand_open(any_page):
    """This test will check that no chart's place is shown empty, and each has its figures as a table."""
    off = any_page["off"]
    assert off["plots"] == 0 and off["folded"] == 0
    assert off["tables"] == len(any_page["figures"])


def test_print_opens_what_is_folded(page):
    """This test will check that paper has every table, and that the screen is as it was afterwards."""
    assert page["pdf_bytes"] > 20_000
    assert page["printed_open"] and all(page["printed_open"])
    assert not any(page["closed_again"])


@pytest.mark.parametrize("name", HOSTILE_PAGES)
def test_names_stay_text(name, pages, browse):
    """This test will check that labels with tags and scripts in them are shown as they are written."""
    seen = browse(name, pages[name])["text"]
    assert seen["marked"] == 0 and seen["images"] == 0 and seen["scripts"] == 3
    assert "<script>window.marked" in seen["body"] and "<script>window.marked" in seen["title"]


def test_policy_runs_no_stranger(any_page):
    """This test will check that a script which got into the page all the same does not run."""
    assert any_page["intruder_ran"] == 0


def test_pages_of_one_comparison_are_the_same(pages, folder):
    """This test will check that nothing of time or place is in a page: it is one file for one input."""
    from conftest import tare
    assert pages["comparison"] == tare("compare", "--format", "html", folder / "a.json", folder / "b.json")
    assert str(folder) not in pages["comparison"]
