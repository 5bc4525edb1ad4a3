"""BG/NBD: how often a customer buys while one, and whether they still are one.

The model and its formulas are of Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to
the Pareto/NBD Model, Marketing Science 24(2), 275-284. While a customer is one, purchases come at a rate of the
customer's own (a gamma of r and alpha over customers), and after each purchase the customer leaves for good with a chance
of the customer's own (a beta of a and b). P(alive) is of Fader and Hardie's note of 2008, "Computing P(alive) Using the
BG/NBD Model".

Customers come as three sequences of equal length: ``frequency`` (x, repeat purchase days), ``recency`` (t_x, time from
the first to the last purchase) and ``age`` (T, time from the first purchase to the end). One unit of time is used
throughout; alpha and the horizons are in it too. Needs numpy and scipy.
"""

from __future__ import annotations

from math import ceil, exp, lgamma, log, sqrt
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.likelihood import highest
from crmcli.errors import Refused

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

FEWEST_CUSTOMERS = 20
FEWEST_REPEATERS = 5
# Logarithms of the parameters stay within this (age measured in mean ages): beyond, customers are all alike anyway.
_WIDEST = 8.0
# Where the search starts: (r, alpha, a, b), alpha in mean ages. Many who buy seldom, many who stay, few who buy often.
_STARTS: tuple[tuple[float, ...], ...] = ((0.3, 0.2, 0.8, 2.5), (1.0, 1.0, 0.1, 10.0), (5.0, 1.0, 1.0, 1.0))
_SAMPLE = 10_000
_CHUNK = 10_000  # customers at a time: their nodes take some 20 MB


class BgNbd(NamedTuple):
    """The four parameters, the log-likelihood they reach, and the number of customers they were fitted to.

    ``edge`` names parameters that ran as far as they may: the customers tell nothing about them (nobody leaves, or all
    are alike), so that the fit is to be used with care.
    """

    r: float
    alpha: float
    a: float
    b: float
    ll: float
    n: int
    edge: tuple[str, ...] = ()


def log_likelihood(
    parameters: tuple[float, float, float, float], frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
) -> float:
    """The log-likelihood of customers under (r, alpha, a, b): the sum of equation 6's logarithms."""
    import numpy as np

    return _likelihood(np.asarray(parameters, dtype=float), _folded(frequency, recency, age))[0]


def fit(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> BgNbd:
    """The parameters of the greatest likelihood; raises Refused on too few customers or too few who came again."""
    import numpy as np

    x, ages = np.asarray(frequency, dtype=float), np.asarray(age, dtype=float)
    _check(len(x), int((x > 0).sum()))
    unit = float(ages.mean()) or 1.0
    logs = _highest(x, np.asarray(recency, dtype=float), ages, unit)
    r, alpha, a, b = (exp(each) for each in logs)
    edge = tuple(name for name, each in zip(("r", "alpha", "a", "b"), logs, strict=True) if abs(each) > _WIDEST - 0.01)
    return BgNbd(r, alpha * unit, a, b, log_likelihood((r, alpha * unit, a, b), x, recency, ages), len(x), edge)


def p_alive(model: BgNbd, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> NDArray[np.float64]:
    """The chance that each customer still is one; 1 for those who never came again, for nobody leaves before that."""
    import numpy as np
    from scipy.special import expit

    x, t_x, t = (np.asarray(each, dtype=float) for each in (frequency, recency, age))
    again = np.maximum(x, 1.0)
    odds = (
        np.log(model.a) - np.log(model.b + again - 1) + (model.r + x) * np.log((model.alpha + t) / (model.alpha + t_x))
    )
    return np.where(x > 0, expit(-odds), 1.0)


def expected_purchases(
    model: BgNbd, horizon: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
) -> NDArray[np.float64]:
    """How many purchases each customer will make within ``horizon`` after the end: equation 10.

    The closed form's hyp2f1 loses every digit for customers of many purchases and has no value at a = 1. It is the mean of
    (1 - (1 + p w)^-(r + x)) / p over a beta(a, b + x) distributed p, times P(alive), where w = horizon / (alpha + T); so that
    mean is taken by quadrature, which is right to six digits at least for whatever parameters a fit may come to.
    """
    import numpy as np

    x, t_x, t = (np.atleast_1d(np.asarray(each, dtype=float)) for each in (frequency, recency, age))
    w = horizon / (model.alpha + t)
    found = np.zeros(len(x))
    for count in np.unique(x):
        alike = np.flatnonzero(x == count)
        nodes, weights = _nodes(model.a, model.b + count)
        for start in range(0, len(alike), _CHUNK):
            some = alike[start : start + _CHUNK]
            found[some] = _mean(model.r + count, model.a / (model.a + model.b + count), w[some], nodes, weights)
    return found * p_alive(model, x, t_x, t)


def _check(customers: int, repeaters: int) -> None:
    if customers < FEWEST_CUSTOMERS:
        raise Refused(f"too few customers for a model of buying: {customers}, {FEWEST_CUSTOMERS} are needed")
    if repeaters < FEWEST_REPEATERS:
        raise Refused(
            f"too few customers who bought again for a model of buying: {repeaters} of {customers}, "
            f"{FEWEST_REPEATERS} are needed",
            hint="a longer --period",
        )


def _highest(x: NDArray[np.float64], t_x: NDArray[np.float64], t: NDArray[np.float64], unit: float) -> list[float]:
    """Where the likelihood is highest; of very many customers every so-manyth is asked first where to start."""
    every = len(x) // _SAMPLE
    starts = _STARTS
    if every > 1:
        starts = (tuple(exp(each) for each in _highest(x[::every], t_x[::every], t[::every], unit)),)
    folded = _folded(x, t_x, t, unit)
    return highest(lambda parameters: _likelihood(parameters, folded), starts, len(x), _WIDEST)


class _Folded(NamedTuple):
    """Customers as the likelihood needs them: those alike in a term are looked at once, with their number."""

    frequencies: NDArray[np.float64]
    customers: NDArray[np.int64]
    single_ages: NDArray[np.float64]
    singles: NDArray[np.int64]
    x: NDArray[np.float64]
    t_x: NDArray[np.float64]
    t: NDArray[np.float64]


def _folded(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, unit: float = 1.0) -> _Folded:
    import numpy as np

    x, t_x, t = np.asarray(frequency, dtype=float), np.asarray(recency, dtype=float), np.asarray(age, dtype=float)
    is_back = x > 0
    frequencies, customers = np.unique(x, return_counts=True)
    single_ages, singles = np.unique(t[~is_back], return_counts=True)
    return _Folded(
        frequencies, customers, single_ages / unit, singles, x[is_back], t_x[is_back] / unit, t[is_back] / unit
    )


def _likelihood(parameters: NDArray[np.float64], folded: _Folded) -> tuple[float, NDArray[np.float64]]:
    """The log-likelihood and its slope along (r, alpha, a, b)."""
    import numpy as np
    from scipy.special import digamma, gammaln

    r, alpha, a, b = parameters
    every, customers, ages, singles, x, t_x, t = folded
    n = customers.sum()
    to_end, to_last, to_age = np.log(alpha + t), np.log(alpha + t_x), np.log(alpha + ages)
    staying, leaving = -(r + x) * to_end, np.log(a) - np.log(b + x - 1) - (r + x) * to_last
    either = np.logaddexp(staying, leaving)
    gone = np.exp(leaving - either)  # the share of the likelihood in which the last purchase was the last
    here = 1 - gone
    constant = n * (r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b))
    alike = customers @ (gammaln(r + every) + gammaln(b + every) - gammaln(a + b + every))
    dropping = n * digamma(a + b) - customers @ digamma(a + b + every)
    slope = np.array([
        n * (np.log(alpha) - digamma(r)) + customers @ digamma(r + every) - singles @ to_age - here @ to_end - gone @ to_last,
        n * r / alpha - r * (singles @ (1 / (alpha + ages))) - (r + x) @ (here / (alpha + t) + gone / (alpha + t_x)),
        dropping + gone.sum() / a,
        dropping + customers @ digamma(b + every) - n * digamma(b) - gone @ (1 / (b + x - 1)),
    ])  # fmt: skip
    return float(constant + alike - r * (singles @ to_age) + either.sum()), slope


def _nodes(a: float, b: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points p and weights for a mean over beta(a, b) of what vanishes at 0 and at 1.

    The trapezoidal rule on the logit of p, which converges exponentially for smooth integrands that fade at both ends.
    """
    import numpy as np

    left, right = a + 1, b + 1  # the powers of p and 1 - p in such an integrand
    spread = sqrt((left + right) / (left * right))
    step = min(0.3, spread / 2.2)
    before, after = (38 / power + 9 * spread for power in (left, right))
    u = log(left / right) + step * np.arange(-ceil(before / step), ceil(after / step) + 1)
    log_p, log_q = -np.logaddexp(0, -u), -np.logaddexp(0, u)
    log_beta = lgamma(a) + lgamma(b) - lgamma(a + b)
    return np.exp(log_p), step * np.exp(a * log_p + b * log_q - log_beta)


def _mean(
    power: float, mean: float, w: NDArray[np.float64], nodes: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The mean of (1 - (1 + p w)^-power) / p: the line through its values at 0 and 1 exactly, the rest at the nodes."""
    import numpy as np

    at_none, at_all = power * w, -np.expm1(-power * np.log1p(w))
    curve = -np.expm1(-power * np.log1p(np.outer(w, nodes))) / nodes
    line = np.outer(at_none, 1 - nodes) + np.outer(at_all, nodes)
    return np.asarray(at_none * (1 - mean) + at_all * mean + (curve - line) @ weights, dtype=float)
