"""案卷抽取: the same seed draws the same files from the same population, in whatever order it is written."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.domain.draw import Entry, draw, population_sha256, population_text, quota, rank, read_population

populations = st.dictionaries(
    st.text("0123456789", min_size=1, max_size=17),
    st.sampled_from(["准予；SJ-04", "不予；SJ-04", "准予；LS-01"]),
    max_size=60,
).map(lambda cases: [Entry(number, stratum) for number, stratum in cases.items()])
seeds = st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable())


@given(populations, seeds, st.integers(0, 100), st.integers(0, 5), st.randoms())
def test_order_does_not_matter_and_the_seed_decides(population, seed, percent, least, shuffler):
    first = draw(population, seed=seed, percent=percent, least=least)
    mixed = list(population)
    shuffler.shuffle(mixed)
    assert draw(mixed, seed=seed, percent=percent, least=least) == first
    assert population_sha256(mixed) == population_sha256(population)
    assert read_population(population_text(mixed)) == sorted(population)


@given(populations, seeds, st.integers(0, 100), st.integers(0, 5))
def test_every_stratum_gives_its_share_and_the_smallest_hashes(population, seed, percent, least):
    drawn = draw(population, seed=seed, percent=percent, least=least)
    assert {one.entry for one in drawn} <= set(population)
    for stratum in {entry.stratum for entry in population}:
        members = {entry.number for entry in population if entry.stratum == stratum}
        chosen = [one for one in drawn if one.entry.stratum == stratum]
        assert len(chosen) == quota(len(members), percent=percent, least=least)
        left = members - {one.entry.number for one in chosen}
        assert all(one.rank <= rank(seed, number) for one in chosen for number in left)


def test_the_rank_is_what_sha256sum_says():
    # printf %s '2026025期:37068220260302001' | sha256sum
    assert rank("2026025期", "37068220260302001") == "298de4d1002b6cbdb3604f71bf088afa919ac69f71199118f518a5def9c2948f"


def test_another_seed_draws_others():
    population = [Entry(f"3706822026030{n:04d}", "准予") for n in range(200)]
    one, other = (
        {drawn.entry.number for drawn in draw(population, seed=seed, percent=5, least=1)} for seed in ("甲", "乙")
    )
    assert (len(one), len(other)) == (10, 10) and one != other


@pytest.mark.parametrize(("size", "expected"), [(0, 0), (1, 1), (20, 1), (21, 2), (100, 5), (101, 6)])
def test_five_percent_rounded_up(size, expected):
    assert quota(size, percent=5, least=1) == expected


def test_each_file_of_a_stratum_is_drawn_about_as_often_as_any_other():
    population = [Entry(f"{n:03d}", "准予") for n in range(20)]
    often = dict.fromkeys((entry.number for entry in population), 0)
    chance = random.Random(7)
    for _ in range(2000):
        for one in draw(population, seed=str(chance.random()), percent=25, least=1):
            often[one.entry.number] += 1
    # 2,000 draws of 5 of 20: 500 each; five standard deviations are about 97.
    assert all(400 < count < 600 for count in often.values())


def test_a_case_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="^1$"):
        draw([Entry("1", "准予"), Entry("1", "不予")], seed="甲", percent=5, least=1)


@pytest.mark.parametrize("text", ["", "号,层\n1,准予\n", "case_number,stratum\n1\n", "case_number,stratum\n,准予\n"])
def test_a_text_that_is_no_population(text):
    with pytest.raises(ValueError):
        read_population(text)
