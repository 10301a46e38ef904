"""Make the bucket of `S3_BUCKET` on the S3 server of one's own, with versions kept; harmless where it is there."""

import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
for _source in (_ROOT / "platform", _ROOT):
    if str(_source) not in sys.path:
        sys.path.insert(0, str(_source))

import boto3  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402

from config import env  # noqa: E402


def main() -> int:
    name = env.text("S3_BUCKET")
    store = boto3.client(
        "s3",
        endpoint_url=env.text("S3_ENDPOINT_URL", "") or None,
        region_name=env.text("S3_REGION", "eu-central-1"),
        aws_access_key_id=env.text("S3_ACCESS_KEY_ID", "") or None,
        aws_secret_access_key=env.text("S3_SECRET_ACCESS_KEY", "") or None,
    )
    try:
        store.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        store.create_bucket(
            Bucket=name,
            CreateBucketConfiguration={"LocationConstraint": env.text("S3_REGION", "eu-central-1")},
        )
    store.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    sys.stdout.write(f"bucket {name}: there, versions kept\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
