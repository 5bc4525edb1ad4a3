"""BG/NBD: how often a customer buys while one, and whether they still are one.

The model and its formulas are of Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to
the Pareto/NBD Model, Marketing Science 24(2), 275-284. A customer buys at a rate of their own (gamma, r and alpha) and
after each purchase leaves for good with a chance of their own (beta, a and b). P(alive) is of Fader and Hardie's note
"Computing P(alive) Using the BG/NBD Model" (2008).

Customers come as three sequences of equal length: ``frequency`` (x, repeat purchase days), ``recency`` (t_x, from the
first to the last purchase) and ``age`` (T, from the first purchase to the end), the last two in one unit of time, which is
that of alpha and of every horizon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    type_Floats = NDArray[np.float64]

FEWEST_CUSTOMERS = 20
FEWEST_REPEATERS = 5
