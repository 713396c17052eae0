"""docs/letters.md is of today; that every page has its picture is asked where every kind is rendered (tests/windows/test_documents.py)."""

from windows.documents import DocumentKind

from . import letters


def test_the_book_is_of_today():
    assert letters.BOOK.read_text(encoding="utf-8") == letters.written()


def test_no_picture_is_left_of_a_kind_that_is_gone():
    kinds = {kind.value for kind in DocumentKind}
    assert {path.name.rpartition("-")[0] for path in letters.PICTURES.glob("*.png")} == kinds
