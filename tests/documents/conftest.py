"""One S3 server for the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.documents.s3_server import S3Server, s3_server


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A running S3 server with the bucket `siedem`."""
    with s3_server(tmp_path_factory.mktemp("s3") / "buckets") as server:
        yield server
