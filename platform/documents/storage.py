"""Stored files: on disk or in an S3 bucket, always under the tenant's own prefix."""

from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage

from kernel.tenancy import require_tenant


def tenant_prefix() -> str:
    """The folder of the tenant at hand; raises TenantScopeMissing outside a tenant (domain.md R-03)."""
    return str(require_tenant().schema_name)


def _inner() -> Storage:
    if settings.S3_BUCKET:
        from storages.backends.s3 import S3Storage

        return S3Storage(  # type: ignore[no-any-return]
            bucket_name=settings.S3_BUCKET,
            endpoint_url=settings.S3_ENDPOINT_URL or None,
            access_key=settings.S3_ACCESS_KEY_ID or None,
            secret_key=settings.S3_SECRET_ACCESS_KEY or None,
            region_name=settings.S3_REGION,
            default_acl=None,
            querystring_auth=True,
            file_overwrite=False,
        )
    return FileSystemStorage(location=settings.MEDIA_ROOT)


class TenantFileStorage(Storage):
    """Resolves the tenant at every call; nothing of one tenant is cached for the next."""

    def _name(self, name: str) -> str:
        return f"{tenant_prefix()}/{name}"

    def _open(self, name: str, mode: str = "rb") -> Any:
        return _inner().open(self._name(name), mode)

    def _save(self, name: str, content: Any) -> str:
        saved = _inner().save(self._name(name), content)
        return saved.removeprefix(tenant_prefix() + "/")

    def exists(self, name: str) -> bool:
        return _inner().exists(self._name(name))

    def delete(self, name: str) -> None:
        _inner().delete(self._name(name))

    def size(self, name: str) -> int:
        return _inner().size(self._name(name))

    def url(self, name: str | None) -> str:
        raise NotImplementedError(
            "files are handed out by authorised views, never by an address of their own"
        )
