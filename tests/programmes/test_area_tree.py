"""Areas that move from one unit to another belong to each for their time."""

from datetime import date

import pytest

from orchestration.programmes.areas import Area, check_tree, dated_paths


def area(name: str, parent: str | None, **more: object) -> Area:
    return Area.model_validate({"id": name, "name": name, "kind": "place", "parent": parent} | more)


UNTIL = {"parent": "east", "until": "2018-03-14"}
TREE = [
    area("alliance", None),
    area("force", "alliance"),
    area("east", "force"),
    area("west", "force"),
    area("moved", "west", formerly=[UNTIL]),
    area("stayed", "east"),
]


def test_an_area_belongs_to_its_old_unit_up_to_the_month_of_its_move() -> None:
    paths = [path[1:] for path in dated_paths(TREE) if path[0] == "moved"]
    assert sorted(paths) == [
        ("alliance", 3, None, None),
        ("east", 1, None, date(2018, 2, 28)),
        ("force", 2, None, None),
        ("moved", 0, None, None),
        ("west", 1, date(2018, 3, 1), None),
    ]


def test_an_area_that_never_moved_has_paths_without_dates() -> None:
    spans = {path[3:] for path in dated_paths(TREE) if path[0] == "stayed"}
    assert spans == {(None, None)}


def test_a_unit_that_moves_takes_its_boroughs_with_it() -> None:
    north = {"parent": "north", "until": "2019-12-31"}
    tree = [area("north", None), area("south", None), area("unit", "south", formerly=[north])]
    paths = list(dated_paths([*tree, area("borough", "unit")]))
    assert ("borough", "north", 2, None, date(2019, 12, 31)) in paths
    assert ("borough", "south", 2, date(2020, 1, 1), None) in paths


@pytest.mark.parametrize(
    ("formerly", "said"),
    [
        ([{"parent": "nowhere", "until": "2018-01-31"}], "unknown parent: nowhere"),
        ([{"parent": "child", "until": "2018-01-31"}], "its own ancestor"),
    ],
)
def test_a_former_parent_that_cannot_be_is_refused(formerly: list[object], said: str) -> None:
    tree = [area("top", None), area("unit", "top", formerly=formerly), area("child", "unit")]
    with pytest.raises(ValueError, match=said):
        check_tree(tree)
