"""What methods and figures are called in the report; a bad method is called so in its name."""

METHODS = {
    "imputation": "Poisson imputation, jackknife (headline)",
    "shuffled_dates": "Shuffled dates",
    "two_way_poisson": "Two-way Poisson (known to be bad where the fall grows)",
    "callaway_santanna_log_rate": "Callaway-Sant'Anna, log rate",
    "linear_log_rate": "Linear imputation, log rate, jackknife",
    "linear_analytic": "Linear imputation, analytic error (known to be bad)",
    "interrupted_series": "Interrupted series (known to be bad)",
    "before_after": "Before and after (known to be bad)",
    "shift_ratio": "Ratio of arms, dispersion and t (headline)",
    "shift_randomisation": "Randomisation inference",
    "shift_poisson_on_counts": "Poisson on counts (known to be bad where complaints clump)",
    "team_log_rates": "Log rates of teams, t (headline)",
    "team_permutation": "Randomisation inference, teams",
    "team_poisson_on_counts": "Poisson on counts of teams (known to be bad)",
    "random_effects": "Restricted likelihood, Hartung-Knapp (headline)",
    "common_effect": "Common effect (known to be bad where studies differ)",
}
FIGURES = {
    "size_of_bias": "size of bias",
    "coverage": "coverage",
    "rejection": "rejects no change",
    "error_ratio": "mean error / spread",
    "uniformity": "p-values uniform, p",
    "mean_ratio": "mean ratio",
    "extra": "warned of",
}
FAMILIES = {
    "rollouts": "Staged roll-outs",
    "shifts": "Trials of shifts",
    "teams": "Trials of teams",
    "studies": "Averages of studies",
}
