"""考核范围: whose figures somebody may see, and which of them were asked for."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.db.models import Exists, OuterRef, Q

from laiyang_approval.kernel.errors import InvalidInput, NotFound
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.roles import Role
from matters.models import Matter
from windows.models import Case
from windows.permissions import DECIDE, departments_for

from .registry import DIMENSIONS, Source

#: They see the figures of every body.
EVERYWHERE = (Role.SUPERVISOR, Role.COORDINATOR)
#: They see the figures of the bodies they decide for.
HEADS = (Role.DECIDER, Role.HEAD_OF_GOVERNMENT)
READERS = (*EVERYWHERE, *HEADS)

#: What an address and a page call records without a window or a person.
NONE, NO_NAME = "-", "未登记"
#: An identifier longer than this was not given out by us.
_LONGEST_ID = 18


@dataclass(frozen=True)
class Scope:
    """考核范围: ``bodies`` bound it (None: every body); ``chosen`` narrows it by dimension (None: those without one).

    ``codes`` is what an address calls what was chosen, ``words`` how it reads.
    """

    bodies: frozenset[int] | None
    chosen: Mapping[str, object] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def fits(self, source: Source) -> bool:
        """Whether the records of ``source`` can be told apart by everything that was chosen."""
        return self.chosen.keys() <= source.keys.keys()

    def filter(self, source: Source) -> Q:
        """Which records of the source lie in the scope."""
        within = Q()
        for name, value in self.chosen.items():
            key = source.keys[name]
            within &= Q(**{key: value}) if value is not None else Q(**{f"{key}__isnull": True}) | _blank(name, key)
        return within if self.bodies is None else within & Q(**{f"{source.keys['department']}__in": self.bodies})


def _blank(dimension: str, key: str) -> Q:
    return Q(**{key: ""}) if dimension == "window" else Q(pk__in=())


def scope_of(user: User) -> Scope:
    """Every body for whoever watches over all, one's own for a head. Raises NotFound for anybody else."""
    if user.is_active and user.has_role(*EVERYWHERE):
        return Scope(None)
    if user.is_active and user.has_role(*HEADS):
        return Scope(departments_for(user, DECIDE))
    raise NotFound("没有查到考核评价；监督检查、协调机制人员和单位负责人可以查看。")


def asked_scope(user: User, asked: Mapping[str, str]) -> Scope:
    """The scope narrowed by what an address asks for: codes of bodies and matters, window labels, people.

    Raises InvalidInput for what does not exist, NotFound for another body's figures.
    """
    scope = scope_of(user)
    chosen: dict[str, object] = {}
    codes: dict[str, str] = {}
    words: dict[str, str] = {}
    for name in DIMENSIONS:
        text = asked.get(name, "").strip()
        if text:
            codes[name] = text
            chosen[name], words[name] = _FOUND[name](text) if text != NONE else (None, NO_NAME)
    if "department" in chosen and scope.bodies is not None and chosen["department"] not in scope.bodies:
        raise NotFound("没有查到这个机关的考核评价；只能查看本单位的。")
    return replace(scope, chosen=chosen, codes=codes, words=words)


def _department(code: str) -> tuple[int, str]:
    found = Department.objects.filter(code=code).only("id", "short_name").first()
    if found is None:
        raise InvalidInput("没有这个机关；请从列表中选择。")
    return found.pk, found.short_name


def _matter(code: str) -> tuple[int, str]:
    found = Matter.objects.filter(code=code).only("id", "name").first()
    if found is None:
        raise InvalidInput("没有这个事项代码；请核对后再查。")
    return found.pk, found.name


def _person(text: str) -> tuple[int, str]:
    found = None
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID:
        found = User.objects.filter(pk=int(text)).only("id", "display_name").first()
    if found is None:
        raise InvalidInput("没有这个人员；请从列表中选择。")
    return found.pk, str(found)


def _window(label: str) -> tuple[str, str]:
    return label[:20], label[:20]


_FOUND = {"department": _department, "matter": _matter, "window": _window, "clerk": _person, "reviewer": _person}


def names_of(dimension: str, keys: set[object]) -> dict[object, tuple[str, str]]:
    """For each key of a dimension what an address calls it and how it reads; one statement at most."""
    known = keys - {None}
    if dimension == "department":
        rows = Department.objects.filter(pk__in=known).values_list("pk", "code", "short_name")
    elif dimension == "matter":
        rows = Matter.objects.filter(pk__in=known).values_list("pk", "code", "name")
    elif dimension == "window":
        rows = [(key, key, key) for key in known]
    else:
        people = User.objects.filter(pk__in=known).values_list("pk", "display_name", "department__short_name")
        often = Counter(name for _, name, _ in people)
        rows = [(pk, str(pk), f"{name}（{body}）" if often[name] > 1 else name) for pk, name, body in people]
    return {None: (NONE, NO_NAME)} | {key: (code, name) for key, code, name in rows}


def bodies_with_cases(bodies: frozenset[int] | None) -> list[tuple[str, str]]:
    """Code and name of the bodies that handle cases, of ``bodies`` only where given; for the choice above the figures."""
    found = Department.objects.filter(Exists(Case.objects.filter(handling_department=OuterRef("pk"))))
    if bodies is not None:
        found = found.filter(pk__in=bodies)
    return list(found.order_by("code").values_list("code", "short_name"))
