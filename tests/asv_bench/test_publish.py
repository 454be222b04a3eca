"""The published page needs no network and no server."""

import json
import re

import pytest

REMOTE = re.compile(r'<(?:script|link)\b[^>]*(?:src|href)="(?:https?:)?//')


def test_a_library_becomes_the_copy_beside_the_page(script):
    page = '<script src="https://code.jquery.com/jquery-3.3.1.min.js" integrity="x"></script>'
    assert script("publish").localised(page) == '<script src="vendor/jquery.min.js"></script>'


def test_own_scripts_stay(script):
    page = '<script language="javascript"\n src="asv.js">\n </script><link href="asv.css"/>'
    assert script("publish").localised(page) == page


def test_a_library_without_a_copy_is_an_error(script):
    with pytest.raises(LookupError, match=r"d3\.min\.js, of which vendor/ has no copy"):
        script("publish").localised('<script src="https://cdn.net/d3.min.js"></script>')


def test_the_page_of_the_installed_asv_reaches_for_nothing(script, asv):
    text = (asv / "www" / "index.html").read_text(encoding="utf-8")
    assert REMOTE.search(text)
    assert not REMOTE.search(script("publish").localised(text))


def test_every_copy_is_there_and_in_the_notice(script):
    publish = script("publish")
    notice = (publish.VENDOR / "NOTICE.md").read_text(encoding="utf-8")
    for file in filter(None, publish.LOCAL.values()):
        assert (publish.VENDOR / file).stat().st_size > 0
        assert f"`{file}`" in notice


def test_data_become_scripts_that_hand_them_over(script, tmp_path):
    publish = script("publish")
    (tmp_path / "graphs").mkdir()
    (tmp_path / "index.html").write_text("<html></html>")
    (tmp_path / "graphs" / 'a"b.json').write_text("[[1, 2.5]]")
    assert publish.make_local(tmp_path) == 1
    written = (tmp_path / "graphs" / 'a"b.json.js').read_text()
    name, content = re.fullmatch(r"pyframe_page\((.*), (\[\[.*)\);\n", written).groups()
    assert (json.loads(name), json.loads(content)) == ('graphs/a"b.json', [[1, 2.5]])
