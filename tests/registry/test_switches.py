"""The environment variables, each by what it keeps out or lets in."""

import installing
import pytest
from installing import GOOD, USE, install

from pyframe.registry.settings import canonical, is_on


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugins")
    install(folder, "good-one", GOOD.format(name="good"))
    install(folder, "broken-one", "import nowhere_to_be_found")
    return folder


FOUND, NOT_FOUND = "0.5\n", ""
ONE_LINE, SILENT, ERROR = "PluginWarning: plugin broken-one", "", "UnknownNameError"

TABLE = [
    ({}, FOUND, ONE_LINE),
    ({"PYFRAME_NO_PLUGINS": "1"}, NOT_FOUND, ERROR),
    ({"PYFRAME_NO_PLUGINS": "0"}, FOUND, ONE_LINE),
    ({"PYFRAME_NO_PLUGINS": ""}, FOUND, ONE_LINE),
    ({"PYFRAME_DISABLE_PLUGINS": "broken-one"}, FOUND, SILENT),
    ({"PYFRAME_DISABLE_PLUGINS": "other, Broken_One"}, FOUND, SILENT),
    ({"PYFRAME_DISABLE_PLUGINS": "good-one"}, NOT_FOUND, ERROR),
    ({"PYFRAME_PLUGINS": "good-one"}, FOUND, SILENT),
    ({"PYFRAME_PLUGINS": "broken-one"}, NOT_FOUND, ERROR),
    ({"PYFRAME_PLUGINS": ""}, NOT_FOUND, ERROR),
    ({"PYFRAME_PLUGINS": "good-one", "PYFRAME_DISABLE_PLUGINS": "good-one"}, NOT_FOUND, ERROR),
    (
        {"PYFRAME_PLUGINS_STRICT": "1"},
        NOT_FOUND,
        "RegistryError: plugin broken-one 1.0: ",
    ),
    ({"PYFRAME_PLUGINS_STRICT": "no"}, FOUND, ONE_LINE),
    ({"PYFRAME_PLUGINS_STRICT": "1", "PYFRAME_PLUGINS": "good-one"}, FOUND, SILENT),
    ({"PYFRAME_TRACE_PLUGINS": "1"}, FOUND, "pyframe: loaded good-one: 1 records in 0."),
    ({"PYTHONWARNINGS": "ignore"}, FOUND, SILENT),
    ({"PYTHONWARNINGS": "error"}, NOT_FOUND, "PluginWarning: plugin broken-one"),
]


@pytest.mark.parametrize(("environment", "printed", "said"), TABLE, ids=lambda v: str(v)[:60])
def test_switch(folder, environment, printed, said):
    done = installing.python(folder, USE.format(name="good"), **environment)
    assert done.stdout == printed
    assert said in done.stderr
    assert done.stderr or said is SILENT


def test_strict_refuses_again_the_second_time(folder):
    code = """
import pyframe as pf
for _ in range(2):
    try:
        pf.plugins()
    except pf.errors.RegistryError as error:
        print("refused")
"""
    done = installing.python(folder, code, PYFRAME_PLUGINS_STRICT="1")
    assert done.stdout == "refused\n" * 2


def test_disabled_plugins_are_listed_with_the_reason(folder):
    done = installing.pyframe(folder, "plugins", PYFRAME_PLUGINS="good-one")
    assert "not in PYFRAME_PLUGINS" in done.stdout
    done = installing.pyframe(folder, "plugins", PYFRAME_DISABLE_PLUGINS="good-one")
    assert "in PYFRAME_DISABLE_PLUGINS" in done.stdout


@pytest.mark.parametrize("text", ["", "0", "false", "No", " off "])
def test_off(monkeypatch, text):
    monkeypatch.setenv("PYFRAME_NO_PLUGINS", text)
    assert not is_on("PYFRAME_NO_PLUGINS")


@pytest.mark.parametrize("text", ["1", "true", "yes", "on", "2"])
def test_on(monkeypatch, text):
    monkeypatch.setenv("PYFRAME_NO_PLUGINS", text)
    assert is_on("PYFRAME_NO_PLUGINS")


@pytest.mark.parametrize("spelling", ["Foo.Bar", "foo_bar", "FOO--bar", "foo-bar"])
def test_all_spellings_of_a_distribution_are_one(spelling):
    assert canonical(spelling) == "foo-bar"
