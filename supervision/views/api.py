"""监管反馈接口: POST /api/v1/pushbacks/, signed in the Standard Webhooks form with the department's own key (control C2, T5, T6).

The body is read after its signature holds, and only fields that are known. An answer of the 200s is given after the commit.
"""

import json
import logging
import re
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.rules import rule_int
from supervision.commands.receiving import Message, receive_feedback
from supervision.domain.messages import sha256_of
from supervision.domain.signatures import is_genuine, new_key
from supervision.forms import ReportForm
from supervision.models import RegulatorChannel, SupervisionFeedback

log = logging.getLogger("portal.pushbacks")

MOST_BYTES = 64 * 1024
_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}\Z")
_SENDER = re.compile(r"[A-Z0-9]{2,16}\Z")
#: What a message says, and the field of the form each goes to.
FIELDS = {
    "kind": "kind",
    "date": "happened_on",
    "push_no": "push_number",
    "licence_no": "licence_number",
    "document_no": "document_number",
    "finding": "finding",
    "measures": "measures",
    "until": "until_on",
    "rectify_by": "rectify_by_on",
    "abnormal": "abnormal",
    "requires_action": "requires_action",
}
NOT_GENUINE = "签名无效：请核对部门代码、密钥、时间和正文。"


@csrf_exempt
@require_POST
def pushbacks(request: HttpRequest) -> JsonResponse:
    """Takes one report in, once; says under which number, and what it brought about."""
    at = clock.now()
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return _no(413, f"正文超过{MOST_BYTES // 1024}KB。")
    if request.content_type != "application/json":
        return _no(415, "正文须为 application/json。")
    message_id, sender = request.headers.get("Webhook-Id", ""), request.headers.get("Webhook-Sender", "")
    channel = _channel(sender)
    raw = request.body
    if not _ID.match(message_id) or not _is_signed(request, channel, message_id, raw, at=at):
        log.warning("pushback refused sender=%s", sender if _SENDER.match(sender) else "-")
        return _no(401, NOT_GENUINE)
    try:
        form = ReportForm(_typed(raw))
    except ValueError as error:
        return _no(422, str(error))
    if not form.is_valid():
        return _no(422, "内容有误，没有接收。", {_outside(name): texts[0] for name, texts in form.errors.items()})
    message = Message(channel.department, message_id, sha256_of(raw), SupervisionFeedback.Source.API)
    try:
        feedback, is_new = receive_feedback(form.report(), message=message, actor=None, at=at)
    except DomainError as refusal:
        fields = {_outside(name): text for name, text in getattr(refusal, "fields", {}).items()}
        return _no(refusal.status, str(refusal), fields)
    task = getattr(feedback, "follow_up", None)
    said = {
        "id": message_id,
        "receipt": feedback.number,
        "received_at": feedback.received_at.isoformat(),
        "effect": feedback.effect,
        "reply_due": task.due_on.isoformat() if task and task.due_on else None,
    }
    return JsonResponse(said, status=201 if is_new else 200)


def _channel(sender: str) -> RegulatorChannel | None:
    if not _SENDER.match(sender):
        return None
    return RegulatorChannel.objects.select_related("department").filter(department__code=sender).first()


def _is_signed(request: HttpRequest, channel: RegulatorChannel | None, message_id: str, raw: bytes, *, at) -> bool:
    """Also for a sender nobody knows the work is done, so that the answer's time tells nothing."""
    keys = [new_key()]
    if channel is not None and channel.inbound_key:
        keys = [channel.inbound_key]
        if channel.former_inbound_key and channel.former_until is not None and channel.former_until > at:
            keys.append(channel.former_inbound_key)
    try:
        body = raw.decode()
    except UnicodeDecodeError:
        return False
    return is_genuine(
        keys,
        message_id=message_id,
        timestamp=request.headers.get("Webhook-Timestamp", ""),
        signature=request.headers.get("Webhook-Signature", ""),
        body=body,
        at=at,
        tolerance=rule_int("pushback_tolerance_seconds", local_date(at)),
    )


def _typed(raw: bytes) -> dict[str, Any]:
    """The message as the form reads it; raises ValueError with the sentence for what is no message of ours."""
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        raise ValueError("正文不是 JSON。") from None
    if not isinstance(said, dict):
        raise ValueError("正文须为一个 JSON 对象。")
    unknown = sorted(set(said) - set(FIELDS) - {"officers"})
    if unknown:
        raise ValueError(f"不认识的字段：{'、'.join(name[:40] for name in unknown[:5])}。")
    officers = said.pop("officers", [])
    if not isinstance(officers, list) or len(officers) > 2 or not all(isinstance(one, str) for one in officers):
        raise ValueError("officers 须为至多两个姓名。")
    given: dict[str, Any] = dict(zip(("officer_one", "officer_two"), officers, strict=False))
    for name, value in said.items():
        wants_flag = name in {"abnormal", "requires_action"}
        if value is None:
            continue
        if not isinstance(value, bool if wants_flag else str):
            raise ValueError(f"{name} 须为{'true 或 false' if wants_flag else '文字'}。")
        given[FIELDS[name]] = value
    return given


_NAMES = {field: name for name, field in FIELDS.items()} | {"officer_one": "officers", "officer_two": "officers"}


def _outside(field: str) -> str:
    return _NAMES.get(field, field)


def _no(status: int, sentence: str, fields: dict[str, str] | None = None) -> JsonResponse:
    return JsonResponse({"error": sentence, "fields": fields or {}}, status=status)
