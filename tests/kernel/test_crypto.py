"""Personal data at rest, blind indexes, query codes and tokens (controls C3 and C12)."""

import base64
import re
import secrets

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection, models
from hypothesis import given
from hypothesis import strategies as st

from laiyang_approval.kernel.crypto import (
    QUERY_CODE_LETTERS,
    Undecipherable,
    blind_index,
    check_field_key,
    decrypt_text,
    encrypt_text,
    is_under_current_key,
    new_query_code,
    new_token,
    query_code_hmac,
    same_digest,
    token_digest,
)
from laiyang_approval.kernel.fields import EncryptedJSONField, EncryptedTextField

NUMBER = "370682199001019996"


def fresh_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


class Secretive(models.Model):
    """A table of this test only."""

    number = EncryptedTextField(blank=True, default="")
    phone = EncryptedTextField(null=True)
    snapshot = EncryptedJSONField(null=True)

    class Meta:
        app_label = "kernel_tests"


@pytest.fixture
def table(transactional_db):
    with connection.schema_editor() as editor:
        editor.create_model(Secretive)
    yield Secretive
    with connection.schema_editor() as editor:
        editor.delete_model(Secretive)


def stored(pk: int) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, phone, snapshot FROM kernel_tests_secretive WHERE id = %s", [pk])
        return cursor.fetchone()


def test_a_number_is_clear_in_python_and_never_in_the_database(table):
    row = table.objects.create(number=NUMBER, phone="13812345678", snapshot={"姓名": "张伟", "号码": [NUMBER]})
    for text in stored(row.pk):
        assert re.fullmatch(r"e1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+=*", text)
        assert NUMBER not in text and "13812345678" not in text and "张伟" not in text
    again = table.objects.get(pk=row.pk)
    assert (again.number, again.phone, again.snapshot) == (NUMBER, "13812345678", {"姓名": "张伟", "号码": [NUMBER]})
    assert table.objects.values_list("number", flat=True).get() == NUMBER


def test_equal_numbers_do_not_look_equal_in_the_database(table):
    one, other = (table.objects.create(number=NUMBER) for _ in range(2))
    assert stored(one.pk)[0] != stored(other.pk)[0]


def test_nothing_given_stays_nothing(table):
    row = table.objects.create()
    assert stored(row.pk) == ("", None, None)
    again = table.objects.get(pk=row.pk)
    assert (again.number, again.phone, again.snapshot) == ("", None, None)
    assert list(table.objects.filter(phone__isnull=True)) == [row]


@pytest.mark.parametrize("value", [0, "", [], {}, False, "文", 1.5, {"𠮷": ["\uf900", None]}])
def test_any_json_value_comes_back(table, value):
    row = table.objects.create(snapshot=value)
    again = table.objects.get(pk=row.pk)
    assert again.snapshot == value and type(again.snapshot) is type(value)


def test_writes_that_go_round_save_are_encrypted_too(table):
    table.objects.bulk_create([table(number=NUMBER)])
    row = table.objects.get()
    table.objects.filter(pk=row.pk).update(phone="13812345678")
    assert NUMBER not in stored(row.pk)[0] and "13812345678" not in stored(row.pk)[1]
    assert table.objects.get().phone == "13812345678"


@pytest.mark.parametrize(
    "lookup",
    [
        "number",
        "number__contains",
        "number__in",
        "number__startswith",
        "number__regex",
        "number__lower",
        "snapshot__a",
        "snapshot",
    ],
)
def test_an_encrypted_column_cannot_be_searched(lookup):
    with pytest.raises(FieldError, match="blind index"):
        Secretive.objects.filter(**{lookup: [NUMBER]})


def test_a_value_copied_to_another_column_is_not_readable(table):
    row = table.objects.create(number=NUMBER, phone="13812345678")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_tests_secretive SET phone = number")
    with pytest.raises(Undecipherable, match="another column"):
        table.objects.get(pk=row.pk)


def test_the_migration_of_a_column_is_written_from_its_class():
    name, path, args, kwargs = Secretive._meta.get_field("number").deconstruct()
    assert (name, path, args, kwargs) == (
        "number",
        "laiyang_approval.kernel.fields.EncryptedTextField",
        [],
        {"blank": True, "default": ""},
    )


def test_a_dump_holds_no_clear_value_and_is_read_back():
    row = Secretive(number=NUMBER, snapshot={"a": NUMBER})
    for name, value in (("number", NUMBER), ("snapshot", {"a": NUMBER})):
        field = Secretive._meta.get_field(name)
        dumped = field.value_to_string(row)
        assert NUMBER not in dumped
        assert field.to_python(dumped) == value
    assert Secretive._meta.get_field("number").to_python("e1.typed.text") == "e1.typed.text"


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_one_changed_character_is_found(place):
    sealed = encrypt_text(NUMBER, "a.b.c")
    changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
    with pytest.raises(Undecipherable):
        decrypt_text(changed, "a.b.c")


@pytest.mark.parametrize("garbage", ["", "e1", "e1..", "e1.00000000.AAAA", NUMBER, "e1.x.y.z", "e1.\ud800.A"])
def test_garbage_is_not_readable_and_not_repeated(garbage):
    with pytest.raises(Undecipherable) as refusal:
        decrypt_text(garbage, "a.b.c")
    assert NUMBER not in str(refusal.value)


@given(text=st.text())
def test_any_text_comes_back(text):
    assert decrypt_text(encrypt_text(text, "a.b.c"), "a.b.c") == text


def test_a_changed_key_writes_anew_and_reads_the_old(settings):
    settings.FIELD_KEY, settings.FIELD_KEYS_OLD = fresh_key(), []
    old = encrypt_text(NUMBER, "a.b.c")
    index, code = blind_index(NUMBER, "party"), query_code_hmac("ABCD2345")
    settings.FIELD_KEY, settings.FIELD_KEYS_OLD = fresh_key(), [settings.FIELD_KEY]
    assert decrypt_text(old, "a.b.c") == NUMBER
    assert not is_under_current_key(old)
    new = encrypt_text(NUMBER, "a.b.c")
    assert is_under_current_key(new)
    assert blind_index(NUMBER, "party") == index  # people are still found
    assert query_code_hmac("ABCD2345") == code  # receipts handed out still work
    settings.FIELD_KEYS_OLD = []
    assert decrypt_text(new, "a.b.c") == NUMBER
    with pytest.raises(Undecipherable, match="not configured"):
        decrypt_text(old, "a.b.c")


@pytest.mark.parametrize("key", ["", "short", "c2hvcnQ=", "!" * 60])
def test_an_unusable_key_is_found_at_start(settings, key):
    settings.FIELD_KEY = key
    with pytest.raises(ImproperlyConfigured, match="PORTAL_FIELD_KEY"):
        check_field_key()


def test_an_index_is_equal_for_equal_values_of_one_purpose_only(settings):
    assert blind_index(NUMBER, "party") == blind_index(NUMBER, "party")
    assert re.fullmatch("[0-9a-f]{64}", blind_index(NUMBER, "party"))
    assert (
        len({blind_index(NUMBER, "party"), blind_index(NUMBER, "agent"), query_code_hmac(NUMBER), token_digest(NUMBER)})
        == 4
    )
    assert blind_index("a\x00b", "c") != blind_index("b", "c\x00a")
    before = blind_index(NUMBER, "party")
    settings.FIELD_KEY = fresh_key()
    assert blind_index(NUMBER, "party") != before


def test_query_codes_are_eight_letters_without_look_alikes():
    codes = {new_query_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert set("".join(codes)) == set(QUERY_CODE_LETTERS)
    assert len(QUERY_CODE_LETTERS) == len(set(QUERY_CODE_LETTERS)) == 31
    assert not set(QUERY_CODE_LETTERS) & set("01OIL")
    assert {len(code) for code in codes} == {8}


@pytest.mark.parametrize("typed", ["ABCD2345", "abcd2345", " abcd 2345 ", "ABCD-2345", "ＡＢＣＤ２３４５"])
def test_a_query_code_is_recognised_however_it_is_typed(typed):
    assert same_digest(query_code_hmac(typed), query_code_hmac("ABCD2345"))


@pytest.mark.parametrize("typed", ["", "ABCD2346", "ABCD2345\x00", "\ud800", "A" * 1_000_000])
def test_a_wrong_query_code_has_another_digest(typed):
    assert not same_digest(query_code_hmac(typed), query_code_hmac("ABCD2345"))


def test_tokens_carry_128_bits_and_are_stored_as_sha256():
    token = new_token()
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)
    assert len({new_token() for _ in range(1000)}) == 1000
    assert token_digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
