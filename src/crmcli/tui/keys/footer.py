"""In which order a screen's keys stand in the line at the bottom: a narrow terminal shows the first ones."""

from __future__ import annotations

_WORK = ("record.log", "record.change", "record.task")
_TABLE = ("record.open", "table.filter", "table.new", *_WORK, "table.narrow", "table.sort", "table.views")
FOOTER: dict[str, tuple[str, ...]] = {
    "today": ("record.open", "task.done", "task.snooze", "deal.move_right", "today.next_step", *_WORK, "today.everyone"),
    "board": ("record.open", "deal.move_right", "board.new", "board.filter", *_WORK),
    "contacts": _TABLE,
    "companies": _TABLE,
    "deals": ("record.open", "deal.move_right", *_TABLE[1:]),
    "activity": ("record.open", "task.done", "task.snooze", "activity.choose_kind", "activity.filter", *_WORK,
                 "activity.times", "activity.everyone"),
    "campaigns": ("campaigns.open", "campaigns.new", "campaigns.next_pane", "campaigns.start", "campaigns.filter", "campaigns.change",
                  "campaigns.cost", "campaigns.respond", "campaigns.trial", "campaigns.log", "campaigns.task"),
    "reports": ("reports.drill", "reports.by", "reports.period", "reports.measure", "reports.filter", "reports.compare",
                "reports.options", "reports.write", "reports.save"),
    "history": ("history.open", "history.take_back", "history.filter", "history.everyone"),
    "record": ("page.edit", "page.new", "deal.move_right", "record.log", "record.task", "task.done", "task.snooze",
               "page.kinds", "record.change", "record.open"),
}  # fmt: skip
LAST = ("everywhere.undo", "everywhere.quit")  # behind the screen's own, where there is room
ALWAYS = ("everywhere.search", "everywhere.help")  # at the right end, however narrow it is


def rank(place: str, name: str) -> int:
    """Where a key stands among the others; one that is not of the screen but of what has the focus stands first."""
    order = (*FOOTER.get(place, ()), *LAST, *ALWAYS)
    return order.index(name) if name in order else -1
