"""What one tenant encrypted no other reads; blind indexes tell equality within a tenant only; keys can be rotated."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import ImproperlyConfigured
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kernel import crypto
from kernel.errors import TenantScopeMissing
from kernel.tenancy import tenant_scope
from tenants.models import Tenant


@pytest.fixture(autouse=True)
def _no_cached_keys() -> Iterator[None]:
    crypto._unwrap.cache_clear()
    yield
    crypto._unwrap.cache_clear()


@pytest.mark.django_db
@given(text=st.text(max_size=60).filter(lambda text: "\ud800" not in text))
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_was_encrypted_is_read_back(alfa: Tenant, text: str) -> None:
    with tenant_scope(alfa):
        token = crypto.encrypt(text)
        assert crypto.decrypt(token) == text
        assert len(text) < 4 or text.encode() not in token


@pytest.mark.django_db
def test_another_tenant_cannot_read_it(alfa: Tenant, beta: Tenant) -> None:
    with tenant_scope(alfa):
        token = crypto.encrypt("44051401359")
    with tenant_scope(beta), pytest.raises(InvalidToken):
        crypto.decrypt(token)


@pytest.mark.django_db
def test_the_same_text_is_encrypted_differently_each_time_and_indexed_equally(alfa: Tenant) -> None:
    with tenant_scope(alfa):
        assert crypto.encrypt("44051401359") != crypto.encrypt("44051401359")
        assert crypto.blind_index("44051401359") == crypto.blind_index("44051401359")
        assert crypto.blind_index("44051401359") != crypto.blind_index("44051401358")
        assert "44051401359" not in crypto.blind_index("44051401359")


@pytest.mark.django_db
def test_an_index_of_one_tenant_tells_nothing_in_another(alfa: Tenant, beta: Tenant) -> None:
    with tenant_scope(alfa):
        ours = crypto.blind_index("44051401359")
    with tenant_scope(beta):
        assert crypto.blind_index("44051401359") != ours


@pytest.mark.django_db
def test_a_changed_token_is_refused(alfa: Tenant) -> None:
    with tenant_scope(alfa):
        token = bytearray(crypto.encrypt("44051401359"))
        token[20] ^= 1
        with pytest.raises(InvalidToken):
            crypto.decrypt(bytes(token))


@pytest.mark.django_db
def test_outside_a_tenant_nothing_is_encrypted_or_read(alfa: Tenant) -> None:
    with pytest.raises(TenantScopeMissing):
        crypto.encrypt("x")
    with pytest.raises(TenantScopeMissing):
        crypto.decrypt(b"x")
    with pytest.raises(TenantScopeMissing):
        crypto.blind_index("x")


def test_a_new_master_key_takes_over_and_the_old_one_can_go(settings: Any) -> None:
    old, new = settings.MASTER_KEYS[0], Fernet.generate_key().decode()
    wrapped, sealed = crypto.new_wrapped_key(), crypto.seal("tajne")
    key = crypto._unwrap(wrapped)
    settings.MASTER_KEYS = [new, old]
    rewrapped = crypto.rewrap(wrapped)
    assert crypto._unwrap(rewrapped) == key
    assert crypto.unseal(sealed) == "tajne"
    settings.MASTER_KEYS = [new]
    crypto._unwrap.cache_clear()
    assert crypto._unwrap(rewrapped) == key
    with pytest.raises(InvalidToken):
        crypto._unwrap(wrapped)
    with pytest.raises(InvalidToken):
        crypto.unseal(sealed)


def test_without_master_keys_nothing_is_sealed(settings: Any) -> None:
    settings.MASTER_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="MASTER_KEYS"):
        crypto.seal("x")


@pytest.mark.django_db
def test_every_tenant_has_a_key_of_its_own(alfa: Tenant, beta: Tenant) -> None:
    assert crypto._unwrap(bytes(alfa.data_key)) != crypto._unwrap(bytes(beta.data_key))
