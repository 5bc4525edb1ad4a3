"""The top of a likelihood whose parameters are all above 0. Needs numpy and scipy."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Likelihood = Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]]

_ROUGH = {"ftol": 1e-6, "gtol": 1e-4}
_FINE = {"ftol": 1e-15, "gtol": 1e-9, "maxls": 50}


def highest(likelihood: Likelihood, starts: Sequence[tuple[float, ...]], n: int, widest: float) -> list[float]:
    """The logarithms of the parameters at the top, each between -widest and widest.

    ``likelihood`` gives for parameters the log-likelihood of ``n`` observations and its slope along each parameter. It is
    climbed a little from every start and to the end from where that came highest.
    """
    import numpy as np
    from scipy.optimize import minimize

    def downhill(logs: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        parameters = np.exp(logs)
        height, slope = likelihood(parameters)
        return -height / n, -slope * parameters / n

    bounds = [(-widest, widest)] * len(starts[0])

    def climb(start: Sequence[float], options: dict[str, float]) -> tuple[float, list[float]]:
        found = minimize(downhill, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        return float(found.fun), [float(each) for each in found.x]

    _, rough = min(climb([log(each) for each in start], _ROUGH) for start in starts)
    return climb(rough, _FINE)[1]
