"""AppContext: settings, clock, output, store and each service, made when first asked for."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crmcli.clock import Clock, machine_zone, zone_named
from crmcli.config import Settings, load, store_location
from crmcli.domain.frozen import NamedTuple
from crmcli.errors import ConfigError
from crmcli.render.locale import Locale
from crmcli.render.output import Output

if TYPE_CHECKING:
    from crmcli.reports.inquiry import Asked
    from crmcli.reports.report import Report
    from crmcli.services.activities import Activities, Tasks
    from crmcli.services.budgets import Budgets
    from crmcli.services.campaign_calendar import CampaignCalendar
    from crmcli.services.campaigns import Campaigns
    from crmcli.services.cards import Cards
    from crmcli.services.carrying import Carrying
    from crmcli.services.companies import Companies
    from crmcli.services.consents import Consents
    from crmcli.services.contacts import Contacts
    from crmcli.services.correspondence import Correspondence
    from crmcli.services.deals import Deals
    from crmcli.services.desk import Desk
    from crmcli.services.duplicates import Duplicates
    from crmcli.services.enrolments import Enrolments
    from crmcli.services.experiments import Experiments
    from crmcli.services.exports import Exports
    from crmcli.services.feeds import Feeds
    from crmcli.services.goals import Goals
    from crmcli.services.history import History
    from crmcli.services.imports import Imports
    from crmcli.services.keeping import Keeping
    from crmcli.services.labels import Labels
    from crmcli.services.mailing import Mailing
    from crmcli.services.members import Members
    from crmcli.services.mutes import Mutes
    from crmcli.services.notices import Notice
    from crmcli.services.pipelines import Pipelines
    from crmcli.services.privacy import Privacy
    from crmcli.services.purchase_imports import PurchaseImports
    from crmcli.services.purchases import Purchases
    from crmcli.services.rates import Rates
    from crmcli.services.records import Records
    from crmcli.services.reminders import Reminders
    from crmcli.services.returns import Returns
    from crmcli.services.saved_reports import SavedReports
    from crmcli.services.saved_views import SavedViews
    from crmcli.services.search import Search
    from crmcli.services.segments import Segments
    from crmcli.services.sequences import Sequences
    from crmcli.services.several import SeveralImports
    from crmcli.services.sql import Sql
    from crmcli.services.suppressions import Suppressions
    from crmcli.services.tables import Tables
    from crmcli.services.templates import Templates
    from crmcli.services.today import Agenda
    from crmcli.services.unmerging import Unmerging
    from crmcli.services.warehouse import Warehouse
    from crmcli.store.store import Store


class Flags(NamedTuple):
    """The global options as given; None where the environment or a file decides."""

    store: str | None = None
    config: str | None = None
    format: str | None = None
    user: str | None = None
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False


class AppContext:
    """Everything a command can ask for."""

    def __init__(self, flags: Flags = Flags(), *, origin: str = "cli", store: str | None = None) -> None:  # noqa: B008
        self.flags = flags
        self.origin = origin
        self._store_named = store or flags.store

    # -- surroundings

    @cached_property
    def settings(self) -> Settings:
        """The settings in force; their warnings go to stderr once."""
        return load(self.flags.config)

    @cached_property
    def clock(self) -> Clock:
        """The clock in the user's zone; CRM_NOW, a UTC moment, stops it for scripts and tests."""
        name = self.settings["defaults.timezone"]
        return Clock(zone_named(name) if name else machine_zone(), _frozen())

    @cached_property
    def user(self) -> str:
        """Who acts: flag, then environment or file, then the login name."""
        return self.flags.user or self.settings["user"] or _login()

    @cached_property
    def output(self) -> Output:
        """Where answers and diagnostics go."""
        output = Output(
            sys.stdout,
            sys.stderr,
            format=self.flags.format or self.settings["defaults.format"],
            quiet=self.flags.quiet,
            verbose=self.flags.verbose,
            color=False if self.flags.no_color else None,
            locale=Locale(
                self.clock.zone,
                self.settings["defaults.locale"],
                self.settings["phone.display"],
                self.settings["phone.default_country"],
            ),
            now=self.clock.now,
        )
        for warning in self.settings.warnings:
            output.warn(warning)
        return output

    # -- store

    @cached_property
    def store_location(self) -> str:
        """The store's path or URL: flag, then environment, then files, then the user's data folder."""
        return self._store_named or store_location(self.settings)

    @cached_property
    def store(self) -> Store:
        """The store."""
        from crmcli.store.store import Store

        return Store(
            self.store_location,
            clock=self.clock,
            timeout=float(self.settings["store.timeout"]),
            seeds=self._seeds,
            announce=self.output.warn,
        )

    @property
    def _seeds(self) -> Any:  # noqa: ANN401
        from crmcli.services.pipelines import seeds

        names, won, lost = (self.settings[f"pipeline.{name}"] for name in ("stages", "won_stage", "lost_stage"))
        return seeds(names, won, lost)

    @cached_property
    def desk(self) -> Desk:
        """What services work with."""
        from crmcli.services.desk import Desk
        from crmcli.services.hooks import Hooks

        surroundings = {"CRM_DB": self.store_location, "CRM_STORE": self.store_location, "CRM_USER": self.user}
        return Desk(
            self.store,
            self.clock,
            self.user,
            self.settings["defaults.currency"],
            self.settings["phone.default_country"],
            Hooks(self.settings.hook, self.output.warn, surroundings),
            self.output.note,
            self.origin,
            self.settings["defaults.locale"],
            self.settings["reports.fiscal_year_start"],
        )

    # -- services

    @cached_property
    def contacts(self) -> Contacts:
        """People."""
        from crmcli.services.contacts import Contacts

        return Contacts(self.desk)

    @cached_property
    def companies(self) -> Companies:
        """Organisations."""
        from crmcli.services.companies import Companies

        return Companies(self.desk)

    @cached_property
    def deals(self) -> Deals:
        """Deals."""
        from crmcli.services.deals import Deals

        return Deals(self.desk)

    @cached_property
    def activities(self) -> Activities:
        """Activities and tasks."""
        from crmcli.services.activities import Activities

        return Activities(self.desk)

    @cached_property
    def tasks(self) -> Tasks:
        """Activities, where a name means a task."""
        from crmcli.services.activities import Tasks

        return Tasks(self.desk)

    def records(self, noun: str) -> Records:
        """The service of a noun."""
        from crmcli.domain.fields import PLURAL

        return getattr(self, PLURAL[noun])  # type: ignore[no-any-return]

    @cached_property
    def history(self) -> History:
        """The change log and undo."""
        from crmcli.services.history import History

        return History(self.desk)

    @cached_property
    def search(self) -> Search:
        """Full text over everything."""
        from crmcli.services.search import Search

        return Search(self.desk)

    @cached_property
    def pipelines(self) -> Pipelines:
        """Pipelines and their stages."""
        from crmcli.services.pipelines import Pipelines

        return Pipelines(self.desk)

    @cached_property
    def tables(self) -> Tables:
        """Tables of any length."""
        from crmcli.services.tables import Tables

        return Tables(self.desk)

    def answer(self, asked: Asked) -> Report:
        """A report, as it is asked."""
        from crmcli.reports.catalogue import answer
        from crmcli.reports.inquiry import Sources

        return answer(Sources(self.desk, self.duplicates, self.is_tracked, self.warehouse), asked)

    @cached_property
    def saved_reports(self) -> SavedReports:
        """Reports under names of their own."""
        from crmcli.services.saved_reports import SavedReports

        return SavedReports(self.desk)

    def notify(self, notice: Notice) -> str:
        """Mail something to somebody who works with the program; the address it went to."""
        from crmcli.services.notices import send
        from crmcli.services.posting import Posting

        return send(self.desk, Posting(self.settings.__getitem__), notice)

    @cached_property
    def mutes(self) -> Mutes:
        """Advice that is not wanted."""
        from crmcli.services.mutes import Mutes

        return Mutes(self.desk)

    @cached_property
    def goals(self) -> Goals:
        """Goals and how far they are reached."""
        from crmcli.services.goals import Goals

        return Goals(self.desk)

    @cached_property
    def warehouse(self) -> Warehouse:
        """The copy of the store for questions."""
        from crmcli.services.warehouse import Warehouse

        return Warehouse(self.desk, self.settings["warehouse.path"])

    @cached_property
    def saved_views(self) -> SavedViews:
        """Saved views of lists."""
        from crmcli.services.saved_views import SavedViews

        return SavedViews(self.desk)

    @cached_property
    def campaigns(self) -> Campaigns:
        """Campaigns."""
        from crmcli.services.campaigns import Campaigns

        return Campaigns(self.desk)

    @cached_property
    def segments(self) -> Segments:
        """Groups of people."""
        from crmcli.services.segments import Segments

        return Segments(self.desk)

    @cached_property
    def experiments(self) -> Experiments:
        """Versions of campaigns, tried against each other."""
        from crmcli.services.experiments import Experiments

        return Experiments(self.desk)

    @cached_property
    def budgets(self) -> Budgets:
        """What campaigns cost."""
        from crmcli.services.budgets import Budgets

        return Budgets(self.desk)

    @cached_property
    def members(self) -> Members:
        """The people whom campaigns are about."""
        from crmcli.services.members import Members

        return Members(self.desk)

    @cached_property
    def campaign_calendar(self) -> CampaignCalendar:
        """What campaigns have in store."""
        from crmcli.services.campaign_calendar import CampaignCalendar

        return CampaignCalendar(self.desk)

    @property
    def is_tracked(self) -> bool:
        """Whether it is counted who opens a message and clicks its links."""
        return bool(self.settings["marketing.tracking_url"])

    @cached_property
    def labels(self) -> Labels:
        """Tags."""
        from crmcli.services.labels import Labels

        return Labels(self.desk)

    @cached_property
    def agenda(self) -> Agenda:
        """What needs the user now."""
        from crmcli.services.today import Agenda

        return Agenda(self.desk)

    @cached_property
    def imports(self) -> Imports:
        """Files in."""
        from crmcli.services.imports import Imports

        return Imports(self.desk)

    @cached_property
    def several(self) -> SeveralImports:
        """Several files in at once."""
        from crmcli.services.several import SeveralImports

        return SeveralImports(self.desk, self.imports, lambda: self.correspondence)

    @cached_property
    def cards(self) -> Cards:
        """Address cards."""
        from crmcli.services.cards import Cards

        return Cards(self.desk)

    @cached_property
    def feeds(self) -> Feeds:
        """Calendars to subscribe to."""
        from crmcli.services.feeds import Feeds

        return Feeds(self.desk)

    @cached_property
    def privacy(self) -> Privacy:
        """A person's own data."""
        from crmcli.services.privacy import Privacy

        return Privacy(self.desk)

    @cached_property
    def sql(self) -> Sql:
        """Questions in SQL."""
        from crmcli.services.sql import Sql

        return Sql(self.desk)

    @cached_property
    def exports(self) -> Exports:
        """Records out."""
        from crmcli.services.exports import Exports

        return Exports(self.desk)

    @cached_property
    def carrying(self) -> Carrying:
        """The whole store out and in."""
        from crmcli.services.carrying import Carrying

        return Carrying(self.desk)

    @cached_property
    def duplicates(self) -> Duplicates:
        """Records that may be one."""
        from crmcli.services.duplicates import Duplicates

        return Duplicates(self.desk, {"contact": self.contacts, "company": self.companies})

    @cached_property
    def correspondence(self) -> Correspondence:
        """Mail in."""
        from crmcli.services.correspondence import Correspondence

        return Correspondence(self.desk, self.settings["mail.addresses"])

    @cached_property
    def unmerging(self) -> Unmerging:
        """Merges taken back."""
        from crmcli.services.unmerging import Unmerging

        return Unmerging(self.desk, {"contact": self.contacts, "company": self.companies, "deal": self.deals})

    @cached_property
    def templates(self) -> Templates:
        """The wording of messages."""
        from email.utils import parseaddr

        from crmcli.domain.template_words import Sender
        from crmcli.services.templates import Templates

        name, email = parseaddr(self.settings["smtp.from"] or "")
        company, address = (self.settings[f"marketing.{each}"] or "" for each in ("company", "address"))
        sender = Sender(name or company, email, company, address)
        return Templates(self.desk, sender, self.settings["marketing.unsubscribe_url"] or "")

    @cached_property
    def mailing(self) -> Mailing:
        """Campaigns over the wire."""
        from crmcli.services.mailing import Mailing
        from crmcli.services.members import Members
        from crmcli.services.posting import Posting

        return Mailing(self.desk, Posting(self.settings.__getitem__), Members(self.desk), self.templates)

    @cached_property
    def returns(self) -> Returns:
        """What came back for messages."""
        from email.utils import parseaddr

        from crmcli.services.correspondence import Wish
        from crmcli.services.returns import Returns

        service = self.correspondence
        own = service.own_addresses(Wish(), parseaddr(self.settings["smtp.from"] or "")[1])
        return Returns(self.desk, service, own, tracks=bool(self.settings["marketing.tracking_url"]))

    @cached_property
    def consents(self) -> Consents:
        """What people agreed to."""
        from crmcli.services.consents import Consents

        return Consents(self.desk)

    @cached_property
    def purchases(self) -> Purchases:
        """What customers bought."""
        from crmcli.services.purchases import Purchases

        return Purchases(self.desk)

    @cached_property
    def purchase_imports(self) -> PurchaseImports:
        """Transaction logs."""
        from crmcli.services.purchase_imports import PurchaseImports

        return PurchaseImports(self.desk)

    @cached_property
    def rates(self) -> Rates:
        """Exchange rates."""
        from crmcli.services.rates import Rates

        return Rates(self.desk)

    @cached_property
    def suppressions(self) -> Suppressions:
        """Whom nobody writes to any more."""
        from crmcli.services.suppressions import Suppressions

        return Suppressions(self.desk)

    @cached_property
    def sequences(self) -> Sequences:
        """Steps that people are taken through."""
        from crmcli.services.sequences import Sequences

        return Sequences(self.desk)

    @cached_property
    def enrolments(self) -> Enrolments:
        """The people in sequences."""
        from crmcli.services.enrolments import Enrolments

        return Enrolments(self.desk)

    @cached_property
    def reminders(self) -> Reminders:
        """What people want to be reminded of."""
        from crmcli.services.posting import Posting
        from crmcli.services.reminders import Reminders

        return Reminders(self.desk, self.activities, Posting(self.settings.__getitem__))

    @cached_property
    def keeping(self) -> Keeping:
        """The store's own care."""
        from crmcli.services.keeping import Keeping

        return Keeping(self.desk)


def _frozen() -> Any:  # noqa: ANN401
    text = os.environ.get("CRM_NOW")
    if not text:
        return None
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"CRM_NOW: {text!r} is not a moment as 2026-12-01T09:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _login() -> str:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if name := os.environ.get(variable):
            return name
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "user"
