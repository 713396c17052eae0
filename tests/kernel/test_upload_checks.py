"""Every file of the corpus, opened: the good are taken, the hostile refused for the right reason (C8, R20, M11, M16)."""

from io import BytesIO
from time import perf_counter

import filetype
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.upload_checks import MEDIA_TYPES, FileKind, inspect
from laiyang_approval.kernel.uploads import EXTENSIONS
from tests.corpus.files import GOOD, HOSTILE, docx, jpg, jpg_with_camera_data, ofd, pdf, sixteen_bit_png, xlsx

OPENED = [sample for sample in HOSTILE if not sample.reason.startswith(("只能上传", "文件是空的"))]


def kind_of(name: str) -> FileKind:
    return FileKind(EXTENSIONS[name.rsplit(".", 1)[1].lower()])


def look_at(tmp_path, kind, data):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(data)
    return inspect(kind, source, target), target


def test_the_corpus_is_as_large_as_promised():
    assert len(HOSTILE) >= 40 and len(GOOD) >= 12
    assert len({sample.situation for sample in GOOD + HOSTILE}) == len(GOOD + HOSTILE)


@pytest.mark.parametrize("sample", GOOD, ids=str)
def test_a_good_file_is_taken(sample, tmp_path):
    kind = kind_of(sample.name)
    finding, target = look_at(tmp_path, kind, sample.make())
    assert finding.media_type == MEDIA_TYPES[kind]
    assert finding.rewritten is (kind in {FileKind.JPG, FileKind.PNG}) is target.exists()
    assert finding.pages == (None if kind is not FileKind.PDF else 60 if "many pages" in sample.situation else 1)


@pytest.mark.parametrize("sample", OPENED, ids=str)
def test_a_hostile_file_is_refused_for_its_reason(sample, tmp_path):
    data = sample.make()
    started = perf_counter()
    with pytest.raises(InvalidInput) as refusal:
        look_at(tmp_path, kind_of(sample.name), data)
    assert perf_counter() - started < 3
    assert sample.reason in refusal.value.message
    assert refusal.value.message.endswith("。") and "；" in refusal.value.message
    assert not (tmp_path / "target").exists()


def test_looking_at_the_first_bytes_alone_lets_hostile_files_in():
    """Control: extension and file type, as most upload forms do it."""
    let_in = [
        sample
        for sample in OPENED
        if (found := filetype.guess_mime(sample.make())) == MEDIA_TYPES[kind_of(sample.name)]
        or (found == "application/zip" and sample.name.endswith((".docx", ".xlsx", ".ofd")))
    ]
    assert len(let_in) >= 40


def test_a_photo_loses_its_camera_data_and_stands_upright(tmp_path):
    original = jpg_with_camera_data()
    assert b"SecretCamera" in original and b"<?php" in original
    _finding, target = look_at(tmp_path, FileKind.JPG, original)
    cleaned = target.read_bytes()
    assert b"SecretCamera" not in cleaned and b"<?php" not in cleaned and b"Exif" not in cleaned
    picture = Image.open(BytesIO(cleaned))
    assert picture.size == (80, 120)  # lay on its side at 120 × 80
    assert not picture.getexif()


def test_what_stands_behind_a_picture_is_gone(tmp_path):
    _finding, target = look_at(tmp_path, FileKind.JPG, jpg() + b"<script>alert(1)</script>")
    assert b"<script" not in target.read_bytes()


def test_the_colours_of_a_picture_stay(tmp_path):
    _finding, target = look_at(tmp_path, FileKind.PNG, sixteen_bit_png())
    assert Image.open(target).mode == "L"
    _finding, target = look_at(tmp_path, FileKind.JPG, jpg())
    red, green, blue = Image.open(target).getpixel((5, 5))
    assert red > 240 and green < 15 and blue < 15


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_damage_to_a_file_is_taken_or_refused_and_nothing_else(data, tmp_path_factory):
    """Bytes changed, cut or inserted anywhere: never an exception other than a refusal."""
    kind, whole = data.draw(st.sampled_from(SOUND))
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(
        st.sampled_from(
            [
                whole[:place],
                whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :],
                whole[:place] + b"\0" * 16 + whole[place:],
                whole[:place] + whole[place + 40 :],
                whole + whole[place:],
            ]
        )
    )
    try:
        finding, _target = look_at(tmp_path_factory.mktemp("damaged"), kind, damaged)
    except InvalidInput as refusal:
        assert refusal.message.endswith("。")
    else:
        assert finding.media_type == MEDIA_TYPES[kind]


SOUND = [
    (FileKind.PDF, pdf()),
    (FileKind.JPG, jpg()),
    (FileKind.PNG, sixteen_bit_png()),
    (FileKind.DOCX, docx()),
    (FileKind.XLSX, xlsx()),
    (FileKind.OFD, ofd()),
]
