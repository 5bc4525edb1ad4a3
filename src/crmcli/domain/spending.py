"""Gamma-Gamma: what a customer spends on a purchase, and the value of a customer to come.

The model is of Fader and Hardie (2013), "The Gamma-Gamma Model of Monetary Value", a note: amounts vary around the
customer's own mean (gamma, p), and the means vary over customers (inverse gamma, q and gamma). It supposes that how much
is spent has nothing to do with how often; ``correlation`` tells how far that holds. Needs numpy and scipy.
"""

from __future__ import annotations

from math import ceil, exp
from typing import TYPE_CHECKING

from crmcli.domain.buy_till_you_die import expected_purchases
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.likelihood import highest
from crmcli.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from crmcli.domain.buy_till_you_die import BgNbd

FEWEST_SPENDERS = 20
WEEKS_A_YEAR = 365.25 / 7
_WIDEST = 10.0
_STARTS = ((5.0, 4.0, 1.0), (1.0, 1.5, 1.0), (50.0, 50.0, 1.0))
_LONGEST_STEP = 4.0  # weeks


class GammaGamma(NamedTuple):
    """The three parameters, the log-likelihood they reach, the number of repeat buyers, and frequency against mean amount.

    ``gamma`` is in the unit of the amounts; p and q have none. ``edge`` names parameters that ran as far as they may.
    """

    p: float
    q: float
    gamma: float
    ll: float
    n: int
    correlation: float | None = None
    edge: tuple[str, ...] = ()


def log_likelihood(parameters: tuple[float, float, float], frequency: ArrayLike, mean: ArrayLike) -> float:
    """The log-likelihood under (p, q, gamma) of mean amounts over so many purchases: the sum of equation 1a's logarithms."""
    import numpy as np

    x, amounts = (np.asarray(each, dtype=float) for each in (frequency, mean))
    return _likelihood(np.asarray(parameters, dtype=float), x, amounts)[0]


def fit(frequency: ArrayLike, mean: ArrayLike) -> GammaGamma:
    """The parameters of the greatest likelihood.

    Both sequences are of the customers who came again: their repeat purchases and the mean amount of these. Customers
    whose mean is not above 0 tell the model nothing and are left out. Raises Refused on too few.
    """
    import numpy as np

    x, amounts = (np.asarray(each, dtype=float) for each in (frequency, mean))
    is_paid = (x > 0) & (amounts > 0)
    x, amounts = x[is_paid], amounts[is_paid]
    if len(x) < FEWEST_SPENDERS:
        raise Refused(f"too few repeat buyers for a model of spending: {len(x)}, {FEWEST_SPENDERS} are needed")
    unit = float(amounts.mean())
    logs = highest(lambda parameters: _likelihood(parameters, x, amounts / unit), _STARTS, len(x), _WIDEST)
    p, q, gamma = (exp(each) for each in logs)
    edge = tuple(name for name, each in zip(("p", "q", "gamma"), logs, strict=True) if abs(each) > _WIDEST - 0.01)
    ll = log_likelihood((p, q, gamma * unit), x, amounts)
    return GammaGamma(p, q, gamma * unit, ll, len(x), _correlation(x, amounts), edge)


def expected_mean(model: GammaGamma, frequency: ArrayLike, mean: ArrayLike) -> NDArray[np.float64]:
    """What each customer is expected to spend on a purchase (equation 5), between their own mean and everybody's.

    ``mean`` is not looked at where the frequency is 0: then it is everybody's mean, p gamma / (q - 1). It is nan where there
    is no mean, which happens while p x + q does not exceed 1.
    """
    import numpy as np

    x, amounts = (np.asarray(each, dtype=float) for each in (frequency, mean))
    spent = np.where(x > 0, x * amounts, 0.0)
    weight = model.p * x + model.q - 1
    return np.where(weight > 0, model.p * (model.gamma + spent) / np.where(weight > 0, weight, 1.0), np.nan)


def lifetime_value(
    buying: BgNbd, weeks: float, customers: tuple[ArrayLike, ArrayLike, ArrayLike], value: Sequence[float] | ArrayLike,
    yearly_discount: float = 0.0,
) -> NDArray[np.float64]:  # fmt: skip
    """The worth of each customer's purchases within so many weeks: expected purchases by expected ``value`` of one.

    ``customers`` are frequency, recency and age in weeks. With a yearly discount rate d the purchases of each piece of the
    horizon (four weeks at most) count as made in its middle and are divided by (1 + d)^years until then.
    """
    import numpy as np

    each = np.asarray(value, dtype=float)
    if not yearly_discount:
        return each * expected_purchases(buying, weeks, *customers)
    steps = max(1, ceil(weeks / _LONGEST_STEP))
    worth, before = np.zeros(len(each)), np.zeros(len(each))
    for step in range(1, steps + 1):
        until = expected_purchases(buying, weeks * step / steps, *customers)
        years = weeks * (step - 0.5) / steps / WEEKS_A_YEAR
        worth += (until - before) / (1 + yearly_discount) ** years
        before = until
    return each * worth


def _likelihood(
    parameters: NDArray[np.float64], x: NDArray[np.float64], mean: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """The log-likelihood and its slope along (p, q, gamma)."""
    import numpy as np
    from scipy.special import digamma, gammaln

    p, q, gamma = parameters
    shape, total = p * x, x * mean
    whole = shape + q
    ll = (
        gammaln(whole) - gammaln(shape) - gammaln(q) + q * np.log(gamma) + shape * np.log(total) - np.log(mean)
        - whole * np.log(gamma + total)
    )  # fmt: skip
    slope = np.array([
        np.sum(x * (digamma(whole) - digamma(shape) + np.log(total) - np.log(gamma + total))),
        np.sum(digamma(whole) - digamma(q) + np.log(gamma) - np.log(gamma + total)),
        np.sum(q / gamma - whole / (gamma + total)),
    ])  # fmt: skip
    return float(np.sum(ll)), slope


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float | None:
    import numpy as np

    return float(np.corrcoef(one, other)[0, 1]) if one.std() and other.std() else None
