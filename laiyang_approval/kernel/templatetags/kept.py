"""{% kept %}: a part of a template that says the same each time is drawn once in a process, not once a page (ADR 0075)."""

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.template.loader_tags import BlockNode

register = template.Library()

#: So many drawings of one part are kept; a part with more than that begins anew.
MOST_KEPT = 512


class KeptNode(template.Node):
    """Draws its content with nothing but the values it names, so that these and the text belong together by construction."""

    # Whoever looks through a page for its blocks finds none here.
    child_nodelists = ()

    def __init__(self, body: NodeList, values: dict[str, FilterExpression]):
        self.body, self.values = body, values
        self._drawn: dict[tuple, str] = {}

    def render(self, context: Context) -> str:
        values = tuple(value.resolve(context) for value in self.values.values())
        drawn = self._drawn.get(values)
        if drawn is None:
            if len(self._drawn) >= MOST_KEPT:
                self._drawn.clear()
            # A template of its own: no request, no person, nothing a processor adds.
            alone = Context(dict(zip(self.values, values, strict=True)))
            with alone.bind_template(context.template):
                drawn = self._drawn[values] = self.body.render(alone)
        return drawn


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """{% kept name=value … %}…{% endkept %}: drawn again only for other values, which must be hashable; inside, only these are known."""
    _, *given = token.split_contents()
    values = token_kwargs(list(given), parser)
    if len(values) != len(given):
        raise template.TemplateSyntaxError("kept takes name=value only")
    body = parser.parse(("endkept",))
    parser.delete_first_token()
    for forbidden in (BlockNode, CsrfTokenNode):
        if body.get_nodes_by_type(forbidden):
            raise template.TemplateSyntaxError(f"{forbidden.__name__} differs from page to page and cannot be kept")
    return KeptNode(body, values)
