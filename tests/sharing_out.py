"""How a parallel run shares tests out: one by one, but files that make a world of their own go to one worker whole.

xdist's own groups (`--dist loadgroup`) name themselves in a field of the test that pytest 9.2 no longer has, so the
group was silently lost, and such worlds were made by every worker.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

# Folders and files, as the ids of their tests begin; the doctor looks at what all workers share, the heartbeat in Redis.
WHOLE_FILES = (
    "tests/browser/",
    "tests/architecture/test_links.py",
    "tests/config/test_sentry.py",
    "tests/tenants/test_doctor.py",
)


class FilesWithAWorld(LoadScopeScheduling):
    """Gives each worker the next test, or the next of those files."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(WHOLE_FILES) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FilesWithAWorld:
    return FilesWithAWorld(config, log)
