"""The stored PDF of a letter, as it is opened and shown; a web process needs nothing of what makes it."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from laiyang_approval.kernel.errors import DomainError, NotFound

from .models import Letter


def open_letter(letter: Letter) -> bytes:
    """The stored PDF, checked against its recorded hash.

    Raises NotFound while it is still being made, DomainError when the file is gone or was altered.
    """
    if letter.state != Letter.State.RENDERED:
        raise NotFound("文书正在生成，请稍后再打开。")
    try:
        content = (Path(settings.FILES_DIR) / letter.storage_name).read_bytes()
    except FileNotFoundError as error:
        raise DomainError("文书文件不在存储中，请联系系统管理员恢复；登记的内容没有丢失。") from error
    if hashlib.sha256(content).hexdigest() != letter.sha256:
        raise DomainError("文书文件与用印时的记录不一致，不能使用；请联系系统管理员核查。")
    return content


def letter_response(letter: Letter) -> HttpResponse:
    """The letter as a browser shows it, under its number; raises as ``open_letter`` does."""
    response = HttpResponse(open_letter(letter), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{letter.title}{letter.number}.pdf")
    return response
