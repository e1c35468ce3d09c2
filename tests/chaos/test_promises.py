"""Does the table of promises say no? A promise that nothing shows is not kept."""

import json
import subprocess

import promises
import pytest
from promises import Promise, measured_elsewhere, shown
from tree import Tree

PROMISE = Promise("It is fast", ("tests/a", "tests/b.py"), ("ett steg", "en skrivning"))
RAN = [{"test": f"tests/{one}::test", "outcome": "passed"} for one in ("a/test_x.py", "b.py")]
BENCH = [{"what": f"  {one}", "value": 5.0, "unit": "ms", "met": "ja"} for one in PROMISE.figures]
HERE = Tree("0123456789", clean=True)


def changed(rows, number, **values):
    return [{**row, **values} if place == number else row for place, row in enumerate(rows)]


def test_a_promise_is_kept_when_all_that_it_names_was_run_and_met():
    assert shown(PROMISE, RAN, BENCH) == ("2 of 2", "ett steg: 5.00 ms; en skrivning: 5.00 ms", True)


@pytest.mark.parametrize(
    ("promise", "ran", "bench"),
    [
        (PROMISE, RAN, []),
        (PROMISE, RAN, BENCH[:1]),
        (PROMISE, RAN, changed(BENCH, 1, met="NEJ")),
        (PROMISE, RAN, changed(BENCH, 1, met="")),
        (PROMISE, RAN[:1], BENCH),
        (PROMISE, changed(RAN, 0, outcome="failed"), BENCH),
        (Promise("Only figures", (), ("ett steg",)), [], []),
        (Promise("Only a sentence", (), ()), RAN, BENCH),
    ],
    ids=["no bench", "no figure", "unmet", "no target", "test not run", "test failed", "only figures", "nothing named"],
)
def test_a_promise_of_which_anything_is_missing_unmet_or_failed_is_not_kept(promise, ran, bench):
    *_, kept = shown(promise, ran, bench)
    assert not kept


def test_what_is_missing_is_named():
    assert shown(PROMISE, RAN, BENCH[:1])[1] == "ett steg: 5.00 ms; en skrivning: not measured by make bench"


@pytest.mark.parametrize(
    ("trees", "told"),
    [
        ([HERE, HERE], ""),
        ([HERE, Tree("abcdefghi", clean=True)], "Tests measured on abcdefg (1); here lies 0123456."),
        ([Tree("0123456789")] * 2, "Tests measured on 0123456 with changes (2); here lies 0123456."),
        ([Tree.told({})], "Tests measured on an unknown commit (1); here lies 0123456."),
    ],
    ids=["all here", "another commit", "changed files", "untold"],
)
def test_what_was_measured_on_another_tree_is_told_below(trees, told):
    assert measured_elsewhere("Tests", trees, HERE) == told


def test_a_tree_is_told_and_read_again_and_changes_are_seen(tmp_path):
    git = ("git", "-C", str(tmp_path), "-c", "user.name=Prov", "-c", "user.email=prov@example.invalid")
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "Prov"], check=True)
    clean = Tree.now(tmp_path)
    assert clean.clean
    assert len(clean.commit) == 40
    assert Tree.told({"figures": [], **clean.telling}) == clean
    (tmp_path / "ny").touch()
    assert Tree.now(tmp_path) == Tree(clean.commit)
    assert Tree.now(tmp_path / "saknas") == Tree()


@pytest.mark.parametrize("bench", [True, False])
def test_the_command_ends_well_only_when_every_promise_is_shown(bench, tmp_path, monkeypatch, capsys):
    (tmp_path / "build").mkdir()
    row = "| It is fast | somehow | `tests/a`, `tests/b.py`; «ett steg», «en skrivning» |"
    (tmp_path / "README.md").write_text(f"{promises.HEADING}\n\n| a | b | c |\n|---|---|---|\n{row}\n\nEnd", "utf-8")
    (tmp_path / "build" / "chaos.json").write_text(json.dumps(RAN), "utf-8")
    if bench:
        (tmp_path / "build" / "bench.json").write_text(json.dumps({"figures": BENCH}), "utf-8")
    monkeypatch.setattr(promises, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["promises.py"])
    with pytest.raises(SystemExit) as ended:
        promises.main()
    assert bool(ended.value.code) is not bench
    assert "Tests measured on an unknown commit (2)" in capsys.readouterr().out
