"""What can be asked about the business, declared once: the shell, the screens, saved reports and the docs read this."""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.stretches import UNITS


class Question(NamedTuple):
    """A report: its name, what it says, and what it can be asked.

    ``answer`` is the function that works it out, as ``module:name``; it takes Sources and an Inquiry.
    """

    name: str
    about: str
    answer: str
    noun: str = ""  # the noun that its filter is on; none: it takes no filter
    by: str = ""  # what it is grouped by unless told otherwise
    groups: str = ""  # the noun whose groups it can be told apart by; none: it takes no --by
    dated: bool = False  # whether it can be asked for a period, and be set beside another
    usual: str = ""  # the period that it is about, or what is closed in it is, where none is named
    beside: bool = False  # whether it sets periods beside each other by itself
    options: tuple[str, ...] = ()  # what only it can be asked: names of options.py
    nothing: str = ""  # what makes it have figures
    more: str = ""  # a second sentence for its help
    refuses: tuple[tuple[str, str], ...] = ()  # flags of other reports that it can't take, and why
    examples: tuple[str, ...] = ()


_WON = "a deal counts here once it is won: W on the board"
OVERVIEW: tuple[Question, ...] = (
    Question(
        "dashboard",
        "the business on one page",
        "crmcli.reports.dashboard:dashboard_report",
        "deal",
        dated=True,
        usual="this month",
        beside=True,
        options=("owner",),
        nothing="add deals: n on the board, or crm import deals FILE.csv",
        more="Key figures beside the period before, or a year earlier; funnel, forecast, activity, top deals and risks.",
        refuses=(("--by", "each of its parts is told apart by something else: crm report sales --by FIELD"),),
        examples=(
            "crm report dashboard",
            "crm report dashboard --period 'this quarter' --output dashboard.html",
            "crm report dashboard --compare year --filter 'source = web'",
        ),
    ),
    Question(
        "advice",
        "the few things most worth doing now",
        "crmcli.reports.advice:advice_report",
        options=("ref", "all"),
        nothing="nothing calls for you: no deal waits, no customer fell silent",
        more="The same as crm advise.",
        examples=("crm report advice --output today.html",),
    ),
)
SALES: tuple[Question, ...] = (
    Question(
        "pipeline", "count, value and weighted value per stage", "crmcli.reports.pipeline:pipeline_report", "deal",
        groups="deal", dated=True, options=("pipeline",), nothing="add deals: n on the board, or crm import deals FILE.csv",
        more="Also how many deals go on from it. A period is that in which deals were made.",
        examples=("crm report pipeline", "crm report pipeline --by owner --filter 'value > 10k' --format json"),
    ),
    Question(
        "won", "deals won: number, value, win rate, sales cycle", "crmcli.reports.closed:won_report", "deal",
        groups="deal", dated=True, nothing=_WON,
        examples=("crm report won --by owner --period 2026", "crm report won --by product --format csv"),
    ),
    Question(
        "lost", "deals lost, by reason", "crmcli.reports.closed:lost_report", "deal", by="reason", groups="deal",
        dated=True, nothing="a deal counts here once it is lost: X on the board, with a reason",
        examples=("crm report lost --period 'last 90d'", "crm report lost --by owner"),
    ),
    Question(
        "funnel", "how far deals come, stage by stage", "crmcli.reports.sales.funnel:funnel_report", "deal", groups="deal",
        dated=True, options=("pipeline",), nothing="add deals: n on the board, or crm import deals FILE.csv",
        more="Of the deals made in the period: those that ever reached a stage, beside those that stand there now.",
        examples=("crm report funnel --period 2026", "crm report funnel --period 2026 --by owner --format json"),
    ),
    Question(
        "conversion", "from each stage to each later one", "crmcli.reports.sales.conversion:conversion_report", "deal",
        groups="deal", dated=True, options=("pipeline",),
        nothing="add deals: n on the board, or crm import deals FILE.csv", more="Of the deals made in the period.",
        examples=("crm report conversion", "crm report conversion --period 2026 --chart"),
    ),
    Question(
        "velocity", "money a day that the open deals can be expected to bring",
        "crmcli.reports.sales.velocity:velocity_report", "deal", groups="deal", dated=True,
        nothing="needs open deals, and some that were won: W on the board",
        more="Size, win rate and cycle are of the deals closed in the period, or in each stretch of the calendar.",
        examples=("crm report velocity --period 'last 90d'", "crm report velocity --by owner"),
    ),
    Question(
        "time-in-stage", "how long deals stay in each stage",
        "crmcli.reports.sales.time_in_stage:time_in_stage_report", "deal", groups="deal", dated=True,
        options=("pipeline",), nothing="add deals: n on the board, or crm import deals FILE.csv",
        more="Of the deals made in the period: mean, median, and what nine in ten stay below.",
        examples=("crm report time-in-stage", "crm report time-in-stage --by owner --period 2026"),
    ),
    Question(
        "cycle", "how long deals take until they are won or lost", "crmcli.reports.sales.cycle:cycle_report", "deal",
        groups="deal", dated=True, nothing=_WON,
        examples=("crm report cycle --period 2026", "crm report cycle --by quarter --chart"),
    ),
    Question(
        "win-rate", "how often deals are won, by number and by value", "crmcli.reports.sales.win_rate:win_rate_report",
        "deal", groups="deal", dated=True, nothing="a deal counts here once it is won or lost",
        examples=("crm report win-rate --by owner", "crm report win-rate --by product --period 2026 --format csv"),
    ),
    Question(
        "loss-reasons", "why deals are lost, and from which stages",
        "crmcli.reports.sales.loss_reasons:loss_reasons_report", "deal", groups="deal", dated=True,
        nothing="a deal counts here once it is lost: X on the board, with a reason",
        examples=("crm report loss-reasons", "crm report loss-reasons --by owner --period 'last 90d'"),
    ),
    Question(
        "activity", "what was done, and how much of it a won deal takes", "crmcli.reports.activity:activity_report",
        "activity", by="type", groups="activity", dated=True,
        nothing='log what you do: l on a person or a deal, or crm log call "…"',
        examples=("crm report activity --period 'this month'", "crm report activity --by owner"),
    ),
    Question(
        "forecast", "what the open deals may bring, month by month", "crmcli.reports.sales.forecast:forecast_report",
        "deal", by="month", groups="forecast", dated=True, usual="this month", options=("simulate", "seed"),
        nothing="add deals, with a value and the day when they should be decided",
        more="By --by category too. Weighted, promised, and simulated with a stated seed.",
        examples=(
            "crm report forecast --chart", "crm report forecast --by category --period 'this quarter'",
            "crm report forecast --by owner --simulate 100000 --seed 7 --format json --envelope",
        ),
    ),
    Question(
        "coverage", "whether what is open is enough for the quota", "crmcli.reports.sales.coverage:coverage_report",
        "deal", by="owner", groups="deal", dated=True, usual="this quarter",
        nothing="want something: crm goal set won_value 250k", more="Of this quarter unless another period is named.",
        examples=("crm report coverage", "crm report coverage --period 2026 --explain"),
    ),
    Question(
        "sales", "what was sold: value, average, share, running total", "crmcli.reports.sales.sales:sales_report",
        "deal", by="month", groups="deal", dated=True, nothing=_WON,
        more="Ranked where it is not by month, quarter or year.",
        examples=(
            "crm report sales --period 2026", "crm report sales --by owner --period 'this quarter' --compare year",
            "crm report sales --by custom.product --format csv",
        ),
    ),
    Question(
        "slippage", "how late deals are decided, and how often that day moves",
        "crmcli.reports.sales.slippage:slippage_report", "deal", by="owner", groups="deal", dated=True,
        nothing="a deal counts here once the day has passed when it should be decided: crm deal edit REF --expected-close",
        more="The period is that of the expected close.",
        examples=("crm report slippage --period 2026", "crm report slippage --by source"),
    ),
    Question(
        "leads", "what became of new people, and the speed to lead",
        "crmcli.reports.sales.leads:leads_report", "contact", by="source", groups="contact", dated=True,
        nothing="add people: crm contact add, or crm import contacts FILE.csv",
        more="A figure counts people by the day they were added.",
        examples=("crm report leads --period 'this month'", "crm report leads --by owner --format json"),
    ),
    Question(
        "response-times", "how soon people who wrote or called get an answer",
        "crmcli.reports.sales.response_times:response_times_report", "activity", by="owner", groups="activity",
        dated=True, nothing="log what comes in: crm log email --direction in, or crm import mail",
        more="By owner, by channel or by month.",
        examples=("crm report response-times --period 'last 30d'", "crm report response-times --by channel"),
    ),
    Question(
        "aging", "how old the open deals are, stage by stage", "crmcli.reports.sales.aging:aging_report", "deal",
        by="stage", groups="deal", dated=True, nothing="add deals: n on the board, or crm import deals FILE.csv",
        more="And which of them were left alone for too long. A period is that in which deals were made.",
        examples=("crm report aging --chart", "crm report aging --by owner --filter 'value > 10k'"),
    ),
    Question(
        "stale", "open deals that nobody has touched for too long", "crmcli.reports.stale:stale_report", "deal",
        groups="deal", dated=True, options=("days", "most"),
        nothing="nothing lies too long: every open deal was touched as often as its stage asks for",
        more="The most valuable first; or by anything how many. A period is that in which deals were made.",
        examples=("crm report stale --by owner", "crm report stale --days 30 --filter 'owner = me'"),
    ),
)  # fmt: skip
# What only one report can tell its records apart by.
ALSO = {"forecast": ("category",)}
CAMPAIGN_GROUPS = ("campaign", "kind", "status", "owner", "objective", "parent", *UNITS)
# What reports about customers are told apart by beside what customers are, or bought: under the name that stands for it in
# ``groups``, the usual one first.
CUSTOMER_GROUPS: dict[str, tuple[str, ...]] = {
    "rfm": ("customer", "segment"),
    "clv": ("customer",),
    "cohorts": ("month", "quarter", "year"),
    "churn": ("customer",),
    "pareto": ("customer",),
    "cross-sell": ("product", "customer"),
    "response": ("contact",),
}
_BOUGHT = "won deals with a company or a contact, or a log of purchases: crm purchases import FILE"
CUSTOMERS: tuple[Question, ...] = (
    Question(
        "rfm", "customers by how lately, how often, how much they bought", "crmcli.reports.customers.rfm:rfm_report",
        "deal", by="customer", groups="rfm", dated=True, options=("source_of",), nothing=_BOUGHT,
        more="Each scored from 1 to 5 by rank, with a name for each kind of customer: --by segment.",
        examples=(
            "crm report rfm --period 2026", "crm report rfm --by segment --chart", "crm report rfm --by owner --format json",
        ),
    ),
    Question(
        "clv", "what each customer is worth in the time to come", "crmcli.reports.customers.lifetime:clv_report", "deal",
        by="customer", groups="clv", dated=True, options=("horizon", "discount", "source_of"), nothing=_BOUGHT,
        more="BG/NBD and Gamma-Gamma are fitted to the purchases of the period.",
        examples=(
            "crm report clv --horizon 39w", "crm report clv --by region",
            "crm report clv --horizon 1y --discount 10% --format json --envelope",
        ),
    ),
    Question(
        "cohorts", "how many first customers of a month come again later on",
        "crmcli.reports.customers.cohorts:cohorts_report", "deal", by="month", groups="cohorts", dated=True,
        options=("source_of",), nothing=_BOUGHT, more="The period is that of the first purchase.",
        examples=(
            "crm report cohorts --output cohorts.html", "crm report cohorts --by quarter --period 2026 --compare year",
            "crm report cohorts --by region",
        ),
    ),
    Question(
        "churn", "customers who fall silent, against their own rhythm", "crmcli.reports.customers.churn:churn_report", "deal",
        by="customer", groups="churn", dated=True, options=("source_of",), nothing=_BOUGHT,
        more="The greatest risk first, with its reasons.",
        examples=(
            "crm report churn", "crm report churn --by owner", "crm report churn --filter 'owner = me' --format csv",
        ),
    ),
    Question(
        "pareto", "which few customers make most of the money", "crmcli.reports.customers.pareto:pareto_report", "deal",
        by="customer", groups="pareto", dated=True, options=("source_of",), nothing=_BOUGHT,
        more="By customer, by product or by anything else, in classes A, B and C.",
        examples=("crm report pareto --period 2026", "crm report pareto --by product --chart"),
    ),
    Question(
        "cross-sell", "products that go together, and what a customer may want",
        "crmcli.reports.customers.cross_sell:cross_sell_report", "deal", by="product", groups="cross-sell", dated=True,
        options=("fewest", "confidence", "source_of"), nothing="purchases of several products by several customers",
        more="By customer it names the next best product of each, by anything else the rules within each group.",
        examples=(
            "crm report cross-sell", "crm report cross-sell --by customer --min-confidence 30%",
            "crm report cross-sell --by region --chart",
        ),
    ),
    Question(
        "response", "who is likely to respond to a campaign", "crmcli.reports.customers.response:response_report", "contact",
        by="contact", groups="response", dated=True, options=("campaign", "source_of"),
        nothing="campaigns that were sent, and responses to them: crm campaign send",
        more="Learned from what was sent, in the period; says how well it does on sends that it did not see.",
        examples=(
            "crm report response", "crm report response --by source --period 2026",
            "crm report response --campaign 'Spring mailing' --format csv",
        ),
    ),
)  # fmt: skip
MARKETING: tuple[Question, ...] = (
    Question(
        "campaigns", "campaigns beside each other: people, deals, cost and ROI",
        "crmcli.reports.campaign_table:campaigns_report", "campaign", by="campaign", groups="campaign", dated=True,
        options=("attribution",), nothing="plan one: crm campaign add NAME",
        more="The newest first; by kind, owner, status, parent or time they are taken together.",
        examples=(
            "crm report campaigns", "crm report campaigns --period 2026 --attribution first --format json",
            "crm report campaigns --by kind --filter 'budget > 1000' --chart",
        ),
    ),
)  # fmt: skip
DATA: tuple[Question, ...] = (
    Question(
        "hygiene", "what would make the data better", "crmcli.reports.hygiene:hygiene_report",
        nothing="no fault found: nothing missing, odd or twice",
        refuses=(
            ("--by", "its rows are faults of people, companies and deals, each with a command of its own"),
            ("--filter", "each fault is a filter already: ask with the command in its row, and more conditions"),
            ("--period", "it is about the data as it is now"),
            ("--compare", "it is about the data as it is now"),
        ),
        more="Each fault with its count and the command that lists or mends it.",
        examples=("crm report hygiene", "crm report hygiene --format json"),
    ),
)  # fmt: skip
