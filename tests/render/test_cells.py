

@pytest.mark.parametrize("limit", [1, 0, -1, -8])
def test_a_screen_without_room_is_wrapped_all_the_same(limit: int) -> None:
    """A letter a line, and an end to it."""
    from crmcli.render.cells import wrap

    assert ["a", "b", "c"] == wrap("ab c", limit)
