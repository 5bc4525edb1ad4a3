"""Every noun and verb at the top, with one line of help: what ``crm --help`` and completion need, importing none of them."""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple


class Entry(NamedTuple):
    """A command at the top: the module it lives in, the attribute there, its section and its line of help."""

    module: str
    attribute: str
    section: str
    about: str


_WORK, _SELL, _DATA, _CARE = "Every day", "Customers and sales", "Data in, out, and back", "Setting up"

ENTRIES: dict[str, Entry] = {
    "today": Entry("today", "app", _WORK, "What needs me now"),
    "log": Entry("log", "app", _WORK, "Put a call, meeting, mail or note on the timeline"),
    "task": Entry("task", "app", _WORK, "Things to do"),
    "advise": Entry("advise", "app", _WORK, "The few things most worth doing now"),
    "search": Entry("search", "app", _WORK, "Full text over everything"),
    "find": Entry("search", "app", _WORK, "The same as search"),
    "tui": Entry("tui", "app", _WORK, "Screens: today, the board, people, deals, reports"),
    "contact": Entry("contact", "app", _SELL, "People"),
    "company": Entry("company", "app", _SELL, "Organisations"),
    "deal": Entry("deal", "app", _SELL, "Deals and their way through the stages"),
    "activity": Entry("activity", "app", _SELL, "What was done and what is planned"),
    "campaign": Entry("campaign", "app", _SELL, "From a plan with a budget to measured results"),
    "segment": Entry("segment", "app", _SELL, "Groups of people, by a rule or by name"),
    "pipeline": Entry("pipeline", "app", _SELL, "Count, value and weighted value per stage; stages"),
    "template": Entry("template", "app", _SELL, "The wording of messages, in each language"),
    "consent": Entry("consent", "app", _SELL, "Who agreed to be written to, and the proof of it"),
    "suppress": Entry("suppress", "app", _SELL, "Addresses, domains and people whom no campaign reaches"),
    "sequence": Entry("sequence", "app", _SELL, "Mails, tasks and waits, one step after another for each person"),
    "tag": Entry("tag", "tag_app", _SELL, "Label a record"),
    "untag": Entry("tag", "untag_app", _SELL, "Take labels off a record"),
    "view": Entry("view", "app", _SELL, "Saved filters, orders and columns of lists"),
    "purchases": Entry("purchases", "app", _SELL, "What customers bought, line by line"),
    "rate": Entry("rate", "app", _SELL, "What one currency is worth in another, from which day on"),
    "goal": Entry("goal", "app", _SELL, "What is wanted of a figure in a period, and how far it is reached"),
    "report": Entry("report_saved", "app", _SELL, "Questions about the business"),
    "pivot": Entry("pivot", "app", _SELL, "Anything by anything: values by rows and columns of your choice"),
    "import": Entry("import_", "app", _DATA, "Contacts, companies, deals and activities from files"),
    "export": Entry("export", "app", _DATA, "Records into files: CSV, Excel, JSON, vCard, Parquet; the whole store"),
    "sql": Entry("sql", "app", _DATA, "Questions in SQL, over documented views"),
    "dupes": Entry("dupes", "app", _DATA, "Records that may be one: list, review, merge"),
    "unmerge": Entry("unmerge", "app", _DATA, "Take a merge back, later edits kept"),
    "undo": Entry("history", "undo_app", _DATA, "Take back the last change, or the one named"),
    "history": Entry("history", "app", _DATA, "Who changed what, when, by which command"),
    "store": Entry("store", "app", _DATA, "Back up, check and mend the store"),
    "warehouse": Entry("warehouse", "app", _DATA, "A copy of the store for questions over very many records"),
    "demo": Entry("demo", "app", _CARE, "An example store to try things on"),
    "run": Entry("run", "app", _CARE, "What cron runs: everything that is due"),
    "config": Entry("config", "app", _CARE, "Settings"),
    "completion": Entry("completion", "app", _CARE, "Completion for bash, zsh and fish"),
}
