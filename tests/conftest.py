"""What the long tables and runs counted, said at the end of the session."""

from __future__ import annotations

import pytest

LINES = pytest.StashKey[list[str]]()


def pytest_configure(config):
    config.stash[LINES] = []


@pytest.fixture(scope="session")
def tell(request):
    """Put a line into the summary at the end."""
    return request.config.stash[LINES].append


def pytest_terminal_summary(terminalreporter, config):
    if config.stash[LINES]:
        terminalreporter.section("counts")
        for line in config.stash[LINES]:
            terminalreporter.write_line(line)
