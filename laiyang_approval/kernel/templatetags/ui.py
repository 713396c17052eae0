"""One component per thing. Tags take plain values and ask no questions of the database.

In the descriptions "+" marks what must be given, "-" what may be. Every component in every state: docs/components.md.
"""

from datetime import date, datetime
from urllib.parse import quote
from zlib import crc32

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.masking import mask_address, mask_id_number, mask_name, mask_phone

register = template.Library()

#: Shape, word and look of each light: never colour alone.
LIGHTS = {
    "none": ("○", "不计时", "none"),
    "green": ("●", "正常", "ok"),
    "yellow": ("▲", "预警", "warn"),
    "orange": ("◆", "超承诺", "late"),
    "red": ("■", "超法定", "stop"),
    "paused": ("‖", "暂停计时", "pause"),
}

#: The look of a case's state, a licence's or a letter's.
STATE_LOOKS = {
    "granted": "ok", "issued": "ok", "delivered": "ok", "valid": "ok", "rendered": "ok", "published": "ok", "done": "ok",
    "refused": "stop", "not_accepted": "stop", "failed": "stop", "revoked": "stop",
    "forfeited": "stop", "expired": "warn",
    "correction_pending": "warn", "queued": "info", "draft": "warn",
    "suspended": "pause", "paused": "pause",
    "effective": "ok", "in_use": "ok", "coming": "info", "stopped": "warn", "handed_over": "info", "risk_assessed": "info", "planned": "info", "deferred": "pause", "returned": "warn",
    "accepted": "info", "in_review": "info", "pending_decision": "info", "received": "info",
}  # fmt: skip


@register.simple_tag
def status_tag(value: str, label: str = "") -> SafeString:
    """A state as a word in its colour. + value, - label (else the value itself)."""
    return format_html('<span class="tag tag-{}">{}</span>', STATE_LOOKS.get(str(value), "plain"), label or value)


@register.simple_tag
def light_tag(light: str) -> SafeString:
    """A light as shape, word and colour. + light: none green yellow orange red paused."""
    shape, word, look = LIGHTS[str(light) or "none"]
    return format_html('<span class="light light-{}"><span aria-hidden="true">{}</span> {}</span>', look, shape, word)


@register.simple_tag
def deadline_badge(
    label: str, due: date | None, remaining: str = "", missing_year: int | None = None, light: str = "none"
) -> SafeString:
    """One due date: what it is, the date, what is left (or why there is none). + label due, - remaining missing_year light."""
    look = LIGHTS[str(light) or "none"][2]
    if due is None:
        text = remaining or "—"
        if missing_year:
            text = format_html("待公布<small>待{}年放假安排公布</small>", missing_year)
        return format_html('<div class="deadline deadline-none"><span>{}</span><strong>{}</strong></div>', label, text)
    # Off the green, what is left carries the light's shape too: never colour alone.
    shape = LIGHTS[str(light) or "none"][0] if look in {"warn", "late", "stop", "pause"} else ""
    left = ""
    if remaining and shape:
        left = format_html('<small><span aria-hidden="true">{}</span> {}</small>', shape, remaining)
    elif remaining:
        left = format_html("<small>{}</small>", remaining)
    return format_html(
        '<div class="deadline deadline-{}"><span>{}</span><strong><time datetime="{}">{}</time></strong>{}</div>',
        look, label, due.isoformat(), due.isoformat(), left,
    )  # fmt: skip


@register.inclusion_tag("components/timeline.html")
def timeline(items) -> dict:
    """What happened, in the order given. + items, each with at (instant or date), label, - who, note."""
    return {"items": items}


@register.inclusion_tag("components/file_list.html")
def file_list(files, empty: str = "没有附件。") -> dict:
    """Files to open. + files, each with name, url, - note, size_text; - empty: the sentence when there are none."""
    return {"files": files, "empty": empty}


@register.simple_tag
def pager(next_cursor: str, query: str = "", first: bool = False, size: int = 50) -> SafeString:
    """Onward by keyset, and back to the first page. + next_cursor ("" on the last page), - query first (is first page) size."""
    if first and not next_cursor:
        return SafeString("")
    back = onward = SafeString("")
    if not first:
        back = format_html('<a class="button button-plain" href="?{}" rel="first">回到第一页</a>', query)
    if next_cursor:
        address = _query_with(query, "after", next_cursor)
        onward = format_html('<a class="button button-plain" href="?{}" rel="next">后 {} 条</a>', address, size)
    else:
        onward = SafeString('<span class="quiet">已到最后</span>')
    return format_html('<nav class="pager" aria-label="翻页">{}{}</nav>', back, onward)


def _query_with(query: str, name: str, value: str) -> str:
    """The query string ``query`` with one parameter more."""
    return f"{query}{'&' if query else ''}{name}={quote(str(value))}"


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: str, text: str = "", action_url: str = "", action_label: str = "") -> dict:
    """Why there is nothing and what to do. + title, - text action_url action_label."""
    return {"title": title, "text": text, "action_url": action_url, "action_label": action_label}


@register.inclusion_tag("components/field.html")
def field(bound, hint: str = "") -> dict:
    """A field with its label, help and error beside it. + bound field, - hint (a sentence that may change)."""
    kind = bound.widget_type
    # Where all fields of a form are alike, marks on them tell nothing.
    is_mixed = len({one.required for one in bound.form.fields.values() if not one.widget.is_hidden}) > 1
    # What one choice makes necessary another does not: such a form says it in words (``marks_fields = False``).
    is_mixed = is_mixed and getattr(bound.form, "marks_fields", True)
    return {
        "field": bound,
        "help": f"{bound.help_text or ''}{hint}",
        "is_choice_group": kind in {"radioselect", "checkboxselectmultiple"},
        "is_checkbox": kind == "checkbox",
        "mark": ("required" if bound.field.required else "optional") if is_mixed else "",
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form, title: str = "没有提交成功，请先改正。已填写的内容都还在。") -> dict:
    """Everything that is wrong with a form, at its top, each line leading to its field. + form, - title."""
    return {"form": form, "title": title}


@register.inclusion_tag("components/notice.html")
def notice(level: str, text: str, title: str = "") -> dict:
    """A sentence that must be read. + level (info ok warn stop) text, - title."""
    return {"level": level, "text": text, "title": title}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*pairs: str) -> dict:
    """The way here: label, url, label, url, …, last label."""
    steps = [{"label": pairs[i], "url": pairs[i + 1] if i + 1 < len(pairs) else ""} for i in range(0, len(pairs), 2)]
    return {"steps": steps}


@register.inclusion_tag("components/act.html")
def act(
    label: str,
    allowed: bool,
    reason: str = "",
    name: str = "",
    value: str = "",
    primary: bool = False,
    key: str = "",
    confirm: str = "",
    stop: bool = False,
) -> dict:
    """A button, or its grey twin that says why not.

    + label allowed, - reason (why not, and who could), name value (of the submit button), primary, key (shortcut shown),
    confirm (a question asked before the form is sent), stop (an act that refuses or ends).
    """
    return {
        "label": label,
        "allowed": allowed,
        "reason": reason,
        "name": name,
        "value": value,
        "look": "button-primary" if primary else "button-stop" if stop else "button-plain",
        "key": key,
        "confirm": confirm,
        "reason_id": f"why-{crc32('|'.join((name, str(value), label, str(reason))).encode()):08x}",
    }


@register.inclusion_tag("components/data_list.html")
def data_list(*pairs) -> dict:
    """Labels and values: label, value, label, value, …; an empty value reads —."""
    return {"rows": [(pairs[i], pairs[i + 1]) for i in range(0, len(pairs) - 1, 2)]}


@register.inclusion_tag("components/data_list.html")
def filled_list(*pairs) -> dict:
    """Labels and values as in data_list, without those that are empty."""
    return {"rows": [(pairs[i], pairs[i + 1]) for i in range(0, len(pairs) - 1, 2) if pairs[i + 1] not in (None, "")]}


@register.simple_tag
def filter_chips(
    name: str, choices, current: str, query: str = "", any_label: str = "全部", label: str = ""
) -> SafeString:
    """Filters above a list. + name choices [(value, label)] current, - query (other parameters) any_label label (of the group)."""
    rest = "&".join(part for part in query.split("&") if part and not part.startswith(f"{name}="))
    chips = [(_CHOSEN if not current else "", rest, any_label)]
    chips += [(_CHOSEN if value == current else "", _query_with(rest, name, value), text) for value, text in choices]
    return format_html(
        '<div class="chips" role="group" aria-label="{}">{}</div>',
        label or any_label,
        format_html_join("", '<a class="chip"{} href="?{}">{}</a>', chips),
    )


_CHOSEN = SafeString(' aria-current="true"')


@register.inclusion_tag("components/tabs.html")
def tabs(items, current: str = "", label: str = "分类") -> dict:
    """Lists that stand side by side. + items [(value, label, url) or (value, label, url, count)], - current (value) label."""
    rows = [(*item, None)[:4] for item in items]
    return {"rows": rows, "current": current, "label": label}


@register.inclusion_tag("components/steps.html")
def steps(labels, current: int) -> dict:
    """A short procedure and where one stands in it. + labels, current (from 0)."""
    return {"steps": [(index, label) for index, label in enumerate(labels)], "current": current}


@register.inclusion_tag("components/figure.html")
def figure(label: str, value, unit: str = "", note: str = "", url: str = "") -> dict:
    """One number that matters. + label value, - unit note url (the list behind the number)."""
    return {"label": label, "value": value, "unit": unit, "note": note, "url": url}


@register.simple_tag
def svg_bar(share: float, label: str) -> SafeString:
    """A share between 0 and 1 as a drawn bar. + share label."""
    width = round(max(0.0, min(1.0, share)) * 100, 1)
    return format_html(
        '<svg class="bar" viewBox="0 0 100 6" role="img" aria-label="{}" preserveAspectRatio="none">'
        '<rect class="bar-ground" width="100" height="6"/><rect class="bar-share" width="{}" height="6"/></svg>',
        label, width,
    )  # fmt: skip


@register.filter
def cn_date(value: date | datetime | None, missing: str = "—") -> str:
    """2026年3月2日"""
    if value is None or value == "":
        return missing
    day = local_date(value) if isinstance(value, datetime) else value
    return f"{day.year}年{day.month}月{day.day}日"


@register.filter
def iso_date(value: date | datetime | None, missing: str = "—") -> str:
    """2026-03-02"""
    if value is None or value == "":
        return missing
    return (local_date(value) if isinstance(value, datetime) else value).isoformat()


@register.filter
def moment(value: date | datetime | None) -> str:
    """2026-03-02 10:42 in Laiyang for an instant; 2026-03-02 for a day; — for nothing."""
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return value.isoformat() if value else "—"


@register.filter
def machine_time(value: date | datetime) -> str:
    """What stands in <time datetime>: ISO 8601."""
    return value.isoformat()


@register.filter
def limit_text(value: int | None, unit: str) -> str:
    """10个工作日, 30日（自然日）, 3个月; 0 reads 当场办结; unknown reads 待核实. Never “天”."""
    if value is None or value == "" or unit == "":
        return "待核实"
    if value == 0:
        return "当场办结"
    return {
        "workday": f"{value}个工作日",
        "workday_before": f"{value}个工作日前",
        "calday": f"{value}日（自然日）",
        "calday_before": f"{value}日前（自然日）",
        "month": f"{value}个月",
        "year_fixed": f"{value}年",
    }[str(unit)]


@register.filter
def or_unknown(value) -> str:
    """待核实 for what the reconstruction does not know."""
    return value if value not in (None, "") else "待核实"


register.filter("masked_name", mask_name)
register.filter("masked_id", mask_id_number)
register.filter("masked_phone", mask_phone)
register.filter("masked_address", mask_address)


@register.simple_tag
def join_words(words, between: str = "、") -> SafeString:
    """Words with a Chinese comma between. + words, - between."""
    return format_html_join(between, "{}", ((word,) for word in words))


@register.simple_tag
def clock_strip(strip) -> SafeString:
    """The case's clock, one cell a day. + strip (windows.clock_strip.ClockStrip)."""
    return strip.html
