"""Frozen output: what a caller of a service gets. Times are aware UTC datetimes, dates are dates, money is exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from crmcli.domain.money import Money


class Link(NamedTuple):
    """A linked record: its uid and its name."""

    id: str
    name: str


class Due(NamedTuple):
    """A deadline: a date, with a moment in UTC when an hour was given."""

    on: date
    at: datetime | None = None


class ContactView(NamedTuple):
    """A person, as shown."""

    id: str
    number: int
    name: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    companies: tuple[Link, ...]
    title: str | None
    tags: tuple[str, ...]
    linkedin: str | None
    x: str | None
    bluesky: str | None
    telegram: str | None
    birthday: date | None
    anniversary: date | None
    address: str | None
    lifecycle: str | None
    lead_status: str | None
    lead_score: int | None
    source: str | None
    locale: str | None
    timezone: str | None
    note: str | None
    owner: str | None
    external_id: str | None  # SOURCE:ID
    custom_fields: Mapping[str, object]
    created_at: datetime
    created_by: str | None
    updated_at: datetime
    updated_by: str | None
    last_activity: datetime | None
    next_task: Due | None


class CompanyView(NamedTuple):
    """An organisation, as shown."""

    id: str
    number: int
    name: str
    websites: tuple[str, ...]
    phones: tuple[str, ...]
    industry: str | None
    size: str | None
    annual_revenue: Money | None
    country: str | None
    region: str | None
    address: str | None
    parent: Link | None
    type: str | None
    note: str | None
    tags: tuple[str, ...]
    owner: str | None
    external_id: str | None
    custom_fields: Mapping[str, object]
    created_at: datetime
    created_by: str | None
    updated_at: datetime
    updated_by: str | None
    last_activity: datetime | None
    next_task: Due | None


class StageVisit(NamedTuple):
    """One stay of a deal in a stage: ``at`` it was entered, ``days`` it lasted (to now for the present one)."""

    stage: str
    at: datetime
    by: str | None
    days: float
    note: str | None = None


class DealView(NamedTuple):
    """A deal, as shown; ``probability`` is per cent, ``weighted`` is value times probability."""

    id: str
    number: int
    title: str
    value: Money | None
    currency: str | None
    stage: str
    stage_kind: str  # open, won or lost
    pipeline: str
    probability: int
    probability_source: str  # stage or manual
    weighted: Money | None
    expected_close: date | None
    contacts: tuple[Link, ...]
    company: Link | None
    source: str | None
    campaign: str | None
    next_step: str | None
    type: str | None
    lost_reason: str | None
    lost_note: str | None
    closed_at: datetime | None
    tags: tuple[str, ...]
    owner: str | None
    external_id: str | None
    custom_fields: Mapping[str, object]
    created_at: datetime
    created_by: str | None
    updated_at: datetime
    updated_by: str | None
    last_activity: datetime | None
    next_task: Due | None
    rotting: bool = False


class ActivityView(NamedTuple):
    """Something done or planned with a customer; ``at`` is its place on the timeline, ``duration`` is in minutes."""

    id: str
    number: int
    type: str
    subject: str | None
    body: str | None
    contacts: tuple[Link, ...]
    company: Link | None
    deal: Link | None
    campaign: str | None
    at: datetime
    due: Due | None
    done_at: datetime | None
    duration: int | None
    direction: str | None
    status: str
    outcome: str | None
    priority: str
    location: str | None
    recurrence: str | None
    remind_before: int | None
    thread: str | None
    attachments: str | None
    tags: tuple[str, ...]
    owner: str | None
    external_id: str | None
    custom_fields: Mapping[str, object]
    created_at: datetime
    created_by: str | None
    updated_at: datetime
    updated_by: str | None


class MailView(NamedTuple):
    """A message of a campaign or sequence to a person; ``reached`` is how far the person came in the campaign."""

    at: datetime
    campaign: Link
    template: str | None
    address: str
    status: str
    reached: str


class ContactPicture(NamedTuple):
    """A person with everything around them; the timeline runs from the farthest planned to the oldest past."""

    record: ContactView
    deals: tuple[DealView, ...]
    next_step: ActivityView | None
    timeline: tuple[ActivityView, ...]
    mails: tuple[MailView, ...] = ()


class CompanyPicture(NamedTuple):
    """An organisation with everything around it."""

    record: CompanyView
    contacts: tuple[ContactView, ...]
    deals: tuple[DealView, ...]
    next_step: ActivityView | None
    timeline: tuple[ActivityView, ...]


class DealPicture(NamedTuple):
    """A deal with its stages and history."""

    record: DealView
    stage_history: tuple[StageVisit, ...]
    next_step: ActivityView | None
    timeline: tuple[ActivityView, ...]


class StageView(NamedTuple):
    """One stage of a pipeline; ``rot_days`` is how long a deal may lie untouched, ``wip_limit`` how many deals are enough there."""

    number: int
    pipeline: str
    stage: str
    position: int
    kind: str
    probability: int
    rot_days: int | None
    forecast_category: str
    required: tuple[str, ...]
    wip_limit: int | None = None


class SavedView(NamedTuple):
    """A list's filter, order and columns under a name; what is empty is the usual."""

    id: str
    number: int
    name: str
    noun: str
    filter: str
    sort: str
    reverse: bool
    columns: tuple[str, ...]
    owner: str | None


class TemplateView(NamedTuple):
    """The wording of a message in one language; the empty ``locale`` is for everybody else."""

    id: str
    number: int
    name: str
    locale: str
    locales: tuple[str, ...]  # in which languages there is a wording under the name
    subject: str
    preheader: str | None  # what mail lists show beside the subject
    text: str | None
    markdown: str | None
    html: str | None
    used_by: tuple[str, ...]  # campaigns and sequences that are not over
    created_at: datetime
    updated_at: datetime


class TemplateFinding(NamedTuple):
    """Something that ``template check`` found: how grave it is, where, what, and what to do."""

    severity: str  # error, warning or info
    where: str
    finding: str
    remedy: str


class CampaignTotal(NamedTuple):
    """What came of a campaign: its deals with their worth by currency, what was done in it, and whom that reached."""

    id: str
    number: int
    name: str
    deals: int
    open_deals: int
    open_value: tuple[Money, ...]
    won: int
    won_value: tuple[Money, ...]
    lost: int
    activities: int
    contacts: int
    last_activity: datetime | None


class SegmentView(NamedTuple):
    """A group of people: the filter or formula that says who is in it, and how many that are.

    ``size`` is None where that can't be worked out; ``problem`` says why.
    """

    id: str
    number: int
    name: str
    kind: str
    filter: str | None
    formula: str | None
    size: int | None
    note: str | None
    owner: str | None
    created_at: datetime
    updated_at: datetime
    problem: str | None = None


class SnapshotView(NamedTuple):
    """Who was in a segment at a moment: how many, how many of them came and went since the one before, and for what."""

    number: int
    at: datetime
    size: int
    came: int | None
    went: int | None
    campaign: Link | None

    @property
    def id(self) -> str:
        """What names it: snapshots have a number and no uid."""
        return str(self.number)


class SegmentPicture(NamedTuple):
    """A segment with some of its people, how many of all can be reached by mail, how it grew, and what uses it."""

    record: SegmentView
    sample: tuple[Link, ...]
    reachable: int | None
    growth: int | None
    snapshots: tuple[SnapshotView, ...]
    used_by: tuple[str, ...]


class GoalView(NamedTuple):
    """What a campaign is to reach; ``reached`` is None in lists and where it is not known. Money is in the campaign's currency."""

    metric: str
    target: float
    reached: float | None = None


class QuotaView(NamedTuple):
    """What a person, or all together, want to reach in a period, and how far it is reached.

    ``owner`` is None for all together. Of a figure in a currency that there are no rates for nothing is known to be reached.
    """

    id: str
    number: int
    metric: str
    owner: str | None
    period: str
    starts_on: date
    ends_on: date  # the last day
    currency: str | None
    target: Money | float
    reached: Money | float | None
    share: float | None
    gap: Money | float | None
    expected: Money | float
    pace: float | None
    note: str | None


class PurchaseLine(NamedTuple):
    """Something that a customer bought; ``contact`` or ``company`` where it is known who the log's ``customer`` is."""

    id: str
    number: int
    customer: str
    contact: Link | None
    company: Link | None
    at: datetime
    value: Money | None
    currency: str | None
    product: str | None
    quantity: float | None
    source: str | None
    external_id: str | None


class RateView(NamedTuple):
    """What one unit of a currency is worth in another from a day on; without a day where no dated rate says otherwise."""

    number: int
    currency: str
    base: str
    day: date | None
    rate: float
    note: str | None


class CampaignView(NamedTuple):
    """A campaign as it was planned, and how far it is."""

    id: str
    number: int
    name: str
    code: str | None
    kind: str
    status: str
    parent: Link | None
    starts_on: date | None
    ends_on: date | None
    send_at: datetime | None
    objective: str | None
    owner: str | None
    segments: tuple[Link, ...]
    excluded: tuple[Link, ...]
    template: Link | None
    budget: Money | None
    expected_cost: Money | None
    expected_revenue: Money | None
    currency: str | None
    expected_response: float | None
    goals: tuple[GoalView, ...]
    settings: Mapping[str, object]
    members: int
    started_at: datetime | None
    ended_at: datetime | None
    created_at: datetime | None
    updated_at: datetime | None


class VariantView(NamedTuple):
    """A version that is tried: its share of the people in whole parts, how many it is for, and how it does.

    ``n`` are those it reached, ``hits`` those of them that did what is measured.
    """

    name: str
    share: int
    template: str | None
    subject: str | None
    winner: bool
    members: int
    hits: int
    n: int
    rate: float | None


class TrialView(NamedTuple):
    """How versions are tried against each other, and what can be said of them: the winner, or that there is no difference yet."""

    metric: str
    confidence: float
    rule: str
    verdict: str
    winner: str | None
    leader: str | None
    decided_at: datetime | None
    decided_by: str | None
    is_due: bool
    comparisons: tuple[ComparisonView, ...]


class ComparisonView(NamedTuple):
    """The leader against another version: the difference of their rates with its interval, and p."""

    name: str
    other: str
    difference: float | None
    low: float | None
    high: float | None
    p: float | None


class BudgetLine(NamedTuple):
    """What a campaign may cost and costs, in one currency; ``left`` is what is neither spent nor promised.

    The line of all campaigns together has no campaign.
    """

    name: str
    campaign: Link | None
    currency: str
    budget: Money | None
    planned: Money
    committed: Money
    spent: Money
    left: Money | None


class CampaignPicture(NamedTuple):
    """A campaign with what it costs, its members by state, its variants and tasks; its goals say what is reached."""

    record: CampaignView
    costs: tuple[BudgetLine, ...]
    states: Mapping[str, object]
    variants: tuple[VariantView, ...]
    test: TrialView | None
    tasks: tuple[ActivityView, ...]


class CostView(NamedTuple):
    """A line of what a campaign costs."""

    number: int
    campaign: Link
    state: str
    amount: Money
    currency: str
    on: date
    note: str | None
    by: str | None
    at: datetime

    @property
    def id(self) -> str:
        """What names it: costs have a number and no uid."""
        return str(self.number)


class MemberView(NamedTuple):
    """Somebody in a campaign: where that stands, why, and when each state was reached."""

    contact: Link
    number: int
    email: str | None
    status: str
    reason: str | None
    at: datetime
    times: Mapping[str, object]
    variant: str | None
    segment: str | None

    @property
    def id(self) -> str:
        """The person's uid."""
        return self.contact.id


class MemberEvent(NamedTuple):
    """A state that a member came into, why, and by what that is known."""

    at: datetime
    status: str
    reason: str | None
    detail: str | None
    source: str


class MemberPicture(NamedTuple):
    """A member of a campaign with every state it came into, the first one first."""

    record: MemberView
    campaign: Link
    events: tuple[MemberEvent, ...]


class SequenceView(NamedTuple):
    """Steps that people are taken through; what brings them in, and how many are on the way, came through or were stopped."""

    id: str
    number: int
    name: str
    status: str
    segment: Link | None
    pipeline: str | None
    stage: str | None
    stop_on_reply: bool
    again: bool
    step_count: int
    active: int
    finished: int
    stopped: int
    campaign: Link
    owner: str | None
    created_at: datetime
    updated_at: datetime


class StepView(NamedTuple):
    """One step of a sequence, as a line and in its parts; ``people`` are those whose next step it is."""

    number: int
    step: str
    kind: str
    template: Link | None
    subject: str | None
    minutes: int | None
    filter: str | None
    otherwise: str | None
    people: int

    @property
    def id(self) -> str:
        """What names it: a step has a place and no uid."""
        return str(self.number)


class SequencePicture(NamedTuple):
    """A sequence with its steps, and when there is something to be done in it."""

    record: SequenceView
    steps: tuple[StepView, ...]
    next_at: datetime | None


class EnrolmentView(NamedTuple):
    """Somebody in a sequence: where that stands, the next step, when it is due, and why it waits or ended."""

    contact: Link
    email: str | None
    deal: Link | None
    status: str
    step: int | None
    next: str | None
    due_at: datetime | None
    reason: str | None
    started_at: datetime
    ended_at: datetime | None

    @property
    def id(self) -> str:
        """The person's uid."""
        return self.contact.id


class CalendarItem(NamedTuple):
    """What a calendar of campaigns shows: a campaign from day to day, a task or a sending on its day."""

    kind: str
    starts_on: date
    ends_on: date
    at: datetime | None
    campaign: Link
    name: str
    status: str
    owner: str | None
    id: str


class StageTotal(NamedTuple):
    """One stage of a pipeline with what lies in it."""

    stage: str
    kind: str
    count: int  # type: ignore[assignment]  # the figure, not the method of tuples
    value: Money
    weighted: Money


class TagView(NamedTuple):
    """A label with how many live records have it, in all and of each noun."""

    tag: str
    count: int  # type: ignore[assignment]  # the figure, not the method of tuples
    contacts: int
    companies: int
    deals: int
    activities: int


class SearchHit(NamedTuple):
    """A record found by its words; ``noun`` says what it is, ``excerpt`` where a word stands."""

    id: str
    number: int
    noun: str
    name: str
    excerpt: str


class DuplicatePair(NamedTuple):
    """Two records that may be one; ``score`` is the chance of it, ``reasons`` are what it rests on."""

    type: str  # contact or company
    a: Link
    b: Link
    score: float
    reasons: tuple[str, ...]
    a_number: int
    b_number: int


class TodayItem(NamedTuple):
    """Something that needs the user now; ``group`` is its urgency, ``why`` one line."""

    group: str  # overdue, today, meetings, past close, rotting, no next step, upcoming, birthdays
    noun: str
    id: str
    number: int
    what: str
    who: str
    due: Due | None
    priority: str | None
    why: str


class SettingView(NamedTuple):
    """One setting in force; ``origin`` is a file, a variable, a flag or ``default``."""

    name: str
    value: object
    origin: str
    about: str


class FindingView(NamedTuple):
    """Something wrong with the store, and what mends it."""

    check: str
    record: str
    problem: str
    remedy: str


class HalfImportView(NamedTuple):
    """An import that stored its first ``rows`` rows as change ``change`` and has not come to its end."""

    noun: str
    source: str
    rows: int
    change: int
    at: datetime
    fingerprint: str


class FactView(NamedTuple):
    """One fact about the store."""

    name: str
    value: object


class ChangeView(NamedTuple):
    """One field of one record before and after."""

    noun: str
    record: str  # uid
    name: str
    action: str  # add, edit, remove
    field: str | None
    before: object
    after: object


class ChangeSetView(NamedTuple):
    """One use case that changed the store: one undo step."""

    number: int
    id: str
    at: datetime
    user: str
    command: str
    summary: str
    records: int
    undone: bool
    changes: tuple[ChangeView, ...] = ()


class ConsentLine(NamedTuple):
    """What a person said about a channel, when, and by what it is known; ``counts`` marks the line that does."""

    contact: Link
    channel: str
    status: str
    basis: str | None
    source: str | None
    note: str | None
    at: datetime
    by: str | None
    counts: bool


class SuppressionView(NamedTuple):
    """An address, a domain or a person that no campaign reaches on a channel, and why."""

    id: str
    number: int
    kind: str
    value: str
    channel: str
    reason: str
    note: str | None
    contact: Link | None
    campaign: Link | None
    at: datetime
    by: str | None


class Objection(NamedTuple):
    """What speaks against writing to an address: a suppression, a withdrawn consent or a mark on the address."""

    kind: str
    value: str
    channel: str
    reason: str
    note: str | None
    at: datetime | None
