"""The order of a run, and how a parallel one shares tests out.

One by one, but files that make a world of their own go to one worker whole, and begin: they take the longest. The walks
over every route end the run: first those that ask what the interfaces for programs describe (the mark `walk`), then
those that share the world of the table of routes. There each test takes a second or two at most, so that the workers end together.

xdist's own groups (`--dist loadgroup`) name themselves in a field of the test that pytest 9.2 no longer has, so the
group was silently lost, and such worlds were made by every worker.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Folders and files, as the ids of their tests begin; the doctor looks at what all workers share, the heartbeat in Redis.
WHOLE_FILES = (
    "tests/browser/",
    "tests/architecture/test_links.py",
    "tests/audit/test_checkpoints.py",
    "tests/config/test_sentry.py",
    "tests/documents/test_quarantine.py",
    "tests/infra/test_backup_parts.py",
    "tests/infra/test_containers.py",
    "tests/infra/test_hosts.py",
    "tests/infra/test_killed_answers.py",
    "tests/infra/test_killed_servers.py",
    "tests/infra/test_killed_under_load.py",
    "tests/infra/test_proxy.py",
    "tests/infra/test_rolling_upgrade.py",
    "tests/kernel/test_keeper.py",
    "tests/kernel/test_metrics.py",
    "tests/tenants/test_doctor.py",
)


class FilesWithAWorld(LoadScopeScheduling):
    """Gives each worker the next test, or the next of those files."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(WHOLE_FILES) else nodeid

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """As xdist does, and then forget what is done: it would count all of it again after every test."""
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The walks last. A worker that has made their world keeps its transaction open, so they come after all else."""
    items.sort(
        key=lambda item: (
            "_world" in getattr(item, "fixturenames", ()),
            item.get_closest_marker("walk") is not None,
        )
    )


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FilesWithAWorld:
    return FilesWithAWorld(config, log)
