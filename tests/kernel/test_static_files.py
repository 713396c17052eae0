"""Addresses of static files are remembered, and forgotten when files are collected anew."""

import pytest

from laiyang_approval.kernel.static_files import RememberedStaticFiles


@pytest.fixture
def storage(tmp_path):
    storage = RememberedStaticFiles(location=tmp_path, base_url="/static/")
    storage.hashed_files = {"css/base.css": "css/base.1111.css"}
    return storage


def test_the_address_carries_the_hash_until_files_are_collected_anew(storage):
    assert storage.url("css/base.css") == "/static/css/base.1111.css"
    storage.hashed_files = {"css/base.css": "css/base.2222.css"}
    assert storage.url("css/base.css") == "/static/css/base.1111.css"
    storage.save_manifest()
    assert storage.url("css/base.css") == "/static/css/base.2222.css"


def test_a_file_that_was_not_collected_is_an_error_each_time(storage):
    for _ in range(2):
        with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
            storage.url("css/none.css")


def test_while_developing_files_stand_under_their_own_names(storage, settings):
    settings.DEBUG = True
    assert storage.url("css/base.css") == "/static/css/base.css"
