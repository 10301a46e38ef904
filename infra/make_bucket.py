"""Make the buckets of `S3_BUCKET` and `CHECKPOINTS_BUCKET` on one's own S3 server; harmless where they are.

Versions are kept in both; what the second takes is locked for six years, where the server knows locks.
"""

import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[1]
for _source in (_ROOT / "platform", _ROOT):
    if str(_source) not in sys.path:
        sys.path.insert(0, str(_source))

from botocore.exceptions import ClientError  # noqa: E402

from config import env  # noqa: E402
from kernel.aws import S3Account, code_of  # noqa: E402


def main() -> int:
    name = env.text("S3_BUCKET")
    store = S3Account(
        endpoint_url=env.text("S3_ENDPOINT_URL", ""),
        key_id=env.text("S3_ACCESS_KEY_ID", ""),
        secret=env.text("S3_SECRET_ACCESS_KEY", ""),
        region=env.text("S3_REGION", "eu-central-1"),
    ).client()
    _make(store, name)
    checkpoints = env.text("CHECKPOINTS_BUCKET", "")
    if checkpoints:
        _make(store, checkpoints, ObjectLockEnabledForBucket=True)
        _lock(store, checkpoints)
    return 0


def _make(store: Any, name: str, **options: Any) -> None:
    try:
        store.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        store.create_bucket(
            Bucket=name,
            CreateBucketConfiguration={"LocationConstraint": env.text("S3_REGION", "eu-central-1")},
            **options,
        )
    store.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    sys.stdout.write(f"bucket {name}: there, versions kept\n")


def _lock(store: Any, name: str) -> None:
    retention = {"Mode": "COMPLIANCE", "Years": 6}
    try:
        store.put_object_lock_configuration(
            Bucket=name,
            ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}},
        )
    except ClientError as error:
        sys.stderr.write(
            f"bucket {name}: NOT locked ({code_of(error)}); copy its checkpoints where nobody removes them\n"
        )
        return
    sys.stdout.write(f"bucket {name}: what it takes is locked for six years\n")


if __name__ == "__main__":
    sys.exit(main())
