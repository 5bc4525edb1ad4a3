"""The top of a likelihood whose parameters are all above 0. Needs numpy and scipy."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Likelihood = Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]]

_PRECISE = {"ftol": 1e-15, "gtol": 1e-9, "maxls": 50}


def highest(likelihood: Likelihood, starts: Sequence[tuple[float, ...]], n: int, widest: float) -> list[float]:
    """The logarithms of the parameters at the top, each between -widest and widest.

    ``likelihood`` gives for parameters the log-likelihood of ``n`` observations and its slope along each parameter. It is
    climbed from every start, and what came highest is taken, for there may be more than one top.
    """
    import numpy as np
    from scipy.optimize import minimize

    def downhill(logs: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        parameters = np.exp(logs)
        height, slope = likelihood(parameters)
        return -height / n, -slope * parameters / n

    bounds = [(-widest, widest)] * len(starts[0])

    tries = [
        minimize(downhill, [log(each) for each in start], jac=True, method="L-BFGS-B", bounds=bounds, options=_PRECISE)
        for start in starts
    ]
    return [float(each) for each in min(tries, key=lambda found: float(found.fun)).x]
