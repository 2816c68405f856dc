"""The segmented regression of one series, and how sure its change of level is."""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import numpy as np
from scipy import stats

from orchestration.evaluation.before_after.one_series import Series, SeriesKeys, settled
from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal

LAGS = 12


@dataclass(frozen=True)
class Fit:
    """What the regression gave; `quasi` and `robust` are the errors of the change of level."""

    found: Any
    quasi: float
    robust: float

    @property
    def level(self) -> float:
        """Log ratio of the level after to that before."""
        return float(self.found.params[1])

    @property
    def error(self) -> float:
        """The wider of the two errors."""
        return max(self.quasi, self.robust)

    @property
    def reach(self) -> float:
        """Half the width of the 95 % interval."""
        return float(stats.t.ppf(0.975, int(self.found.df_resid))) * self.error

    @property
    def p_value(self) -> float:
        """Two-sided, from t."""
        return float(2 * stats.t.sf(abs(self.level) / self.error, int(self.found.df_resid)))

    @property
    def autocorrelation_p(self) -> float:
        """Ljung and Box's test of what is left in the residuals."""
        from statsmodels.stats.diagnostic import acorr_ljungbox

        lags = min(LAGS, len(self.found.resid_deviance) // 3)
        return float(acorr_ljungbox(self.found.resid_deviance, lags=[lags])["lb_pvalue"].iloc[0])


def fitted(series: Series, keys: SeriesKeys) -> Fit:
    """Quasi-Poisson fit; raises Refusal on collinear terms and without convergence."""
    import statsmodels.api as sm

    design = _design(series, keys)
    if np.linalg.matrix_rank(design) < design.shape[1] or len(design) <= design.shape[1]:
        raise Refusal("trend, level and season are collinear, or more than the periods can carry")
    model = sm.GLM(
        series.count, design, family=sm.families.Poisson(), offset=np.log(series.exposure)
    )
    found = model.fit(scale="X2", tol=1e-12)
    settled(found)
    lagged = model.fit(cov_type="HAC", cov_kwds={"maxlags": min(LAGS, len(design) // 3)}, tol=1e-12)
    return Fit(found, float(found.bse[1]), float(sqrt(lagged.cov_params()[1, 1])))


def _design(series: Series, keys: SeriesKeys) -> Numbers:
    columns = [np.ones(len(series.time)), series.after, series.time]
    if keys.slope:
        begun = series.time[series.after == 1].min()
        columns.append(series.after * (series.time - begun))
    for each in range(1, keys.harmonics + 1):
        angle = 2 * pi * each * series.time / keys.season
        columns += [np.sin(angle), np.cos(angle)]
    return np.stack(columns, axis=1)
