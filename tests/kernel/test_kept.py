"""{% kept %}: drawn once for the values it names, blind to everything else, and refused where it could not be kept."""

import pytest
from django.template import Context, Template, TemplateSyntaxError

from laiyang_approval.kernel.templatetags import kept


@pytest.fixture
def looks():
    """A value that counts how often it is read."""

    class Counted:
        read = 0

        def __str__(self) -> str:
            Counted.read += 1
            return "甲"

    return Counted()


def test_it_is_drawn_once_for_equal_values_and_again_for_others(looks):
    page = Template("{% kept name=name thing=thing %}<b>{{ name }}{{ thing }}</b>{% endkept %}")
    assert [page.render(Context({"name": name, "thing": looks})) for name in ("一", "一", "二", "一")] == [
        "<b>一甲</b>",
        "<b>一甲</b>",
        "<b>二甲</b>",
        "<b>一甲</b>",
    ]
    assert looks.read == 2


def test_it_knows_only_the_values_it_names():
    page = Template("{{ person }}{% kept nav=nav %}[{{ nav }}{{ person }}{{ request }}]{% endkept %}")
    assert page.render(Context({"person": "隋志远", "request": "r", "nav": "n"})) == "隋志远[n]"


def test_what_is_kept_is_escaped_by_its_own_value():
    page = Template("{% kept name=name %}{{ name }}{% endkept %}")
    assert page.render(Context({"name": "<b>"})) == "&lt;b&gt;"


def test_two_parts_of_one_template_are_kept_apart():
    page = Template("{% kept %}一{% endkept %}{% kept a=a %}{{ a }}{% endkept %}{% kept b=a %}({{ b }}){% endkept %}")
    assert page.render(Context({"a": "二"})) == "一二(二)"


def test_no_more_are_kept_than_the_limit(monkeypatch):
    monkeypatch.setattr(kept, "MOST_KEPT", 2)
    page = Template("{% kept a=a %}{{ a }}{% endkept %}")
    assert "".join(page.render(Context({"a": letter})) for letter in "abcabc") == "abcabc"
    assert len(page.nodelist[0]._drawn) <= 2


@pytest.mark.parametrize(
    "source",
    [
        "{% kept %}{% block content %}{% endblock %}{% endkept %}",
        "{% kept %}{% if 1 %}{% csrf_token %}{% endif %}{% endkept %}",
        "{% kept name %}{% endkept %}",
    ],
)
def test_what_differs_from_page_to_page_cannot_be_kept(source):
    with pytest.raises(TemplateSyntaxError):
        Template(source)
