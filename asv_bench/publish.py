"""Publish the history of performance as a page that opens from disk.

    python asv_bench/publish.py

``asv publish`` writes ``html/index.html``, which loads its libraries from a network and its
data by requests that a browser refuses on ``file://``.  Here the libraries are replaced by
the copies in ``vendor/`` and every JSON file is also written as a script (see
``vendor/disk.js``).  A page that would still reach out is an error, not a page.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
CONFIG = HERE / "asv.conf.json"
PAGE = HERE / "html"
VENDOR = HERE / "vendor"

LOCAL = {
    "jquery-": "jquery.min.js",
    "jquery.flot.min": "jquery.flot.min.js",
    "jquery.flot.time": None,  # Flot 4 is one file, its plugins included
    "jquery.flot.selection": None,
    "jquery.flot.categories": None,
    "jquery.flot.axislabels": None,
    "jquery.flot.orderBars": "disk.js",
    "stupidtable": "stupidtable.min.js",
    "md5": "md5.min.js",
    "bootstrap.min.js": "bootstrap.min.js",
    "bootstrap.min.css": "bootstrap.min.css",
}
"""The local file for each library, by a part of its address; None: not needed."""

ELEMENT = re.compile(r"<script\b[^>]*\bsrc=[^>]*>\s*</script>|<link\b[^>]*\bhref=[^>]*>")
ADDRESS = re.compile(r'\b(?:src|href)="([^"]*)"')


def localised(html: str) -> str:
    """The page with every library taken from ``vendor/``.

    Raises
    ------
    LookupError
        When the page loads a library that ``vendor/`` does not have.
    """
    return ELEMENT.sub(lambda match: _local(match[0]), html)


def _local(element: str) -> str:
    found = ADDRESS.search(element)
    address = found[1] if found else ""
    name = address.rpartition("/")[2]
    for part, file in LOCAL.items():
        if part in name:
            if file is None:
                return ""
            path = f"vendor/{file}"
            if file.endswith(".css"):
                return f'<link rel="stylesheet" href="{path}">'
            return f'<script src="{path}"></script>'
    if "//" in address:
        raise LookupError(f"the page loads {address}, of which vendor/ has no copy")
    return element


def as_script(name: str, text: str) -> str:
    """A JSON file as a script that hands its content to the page."""
    return f"pyframe_page({json.dumps(name)}, {text});\n"


def make_local(page: Path) -> int:
    """Rewrite a published page in place; returns the number of data files."""
    index = page / "index.html"
    index.write_text(localised(index.read_text(encoding="utf-8")), encoding="utf-8")
    shutil.copytree(VENDOR, page / "vendor", dirs_exist_ok=True)
    data = sorted(page.rglob("*.json"))
    for file in data:
        name = file.relative_to(page).as_posix()
        text = as_script(name, file.read_text(encoding="utf-8"))
        file.with_name(file.name + ".js").write_text(text, encoding="utf-8")
    return len(data)


def main() -> int:
    """Publish; prints where the page is."""
    asv = [sys.executable, "-m", "asv", "--config", str(CONFIG)]
    done = subprocess.run(
        [*asv, "publish", "--no-pull"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
        return done.returncode
    number = make_local(PAGE)
    print(f"page: {(PAGE / 'index.html').as_uri()} ({number} data files, no network needed)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
