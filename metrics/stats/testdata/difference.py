# Makes difference.json with SciPy 1.17.1 and statsmodels 0.15.0;
# metrics/stats/difference_test.go compares paired comparisons with it:
#
#   python3 -m venv .venv && .venv/bin/pip install scipy==1.17.1 statsmodels==0.15.0
#   .venv/bin/python metrics/stats/testdata/difference.py > metrics/stats/testdata/difference.json
import json

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.multitest import multipletests


def paired(name, d, margin):
    d = np.asarray(d, float)
    interval = stats.ttest_1samp(d, 0).confidence_interval(0.95)
    # Each pair may be swapped, which gives every flip of signs.
    flips = stats.permutation_test(
        (d, np.zeros_like(d)), lambda a, b, axis: np.mean(a - b, axis=axis),
        permutation_type="samples", vectorized=True, n_resamples=np.inf)
    margins = margin * (1 + 0.1 * np.cos(np.arange(len(d))))  # one margin per pair
    above = stats.ttest_1samp(d + margins, 0, alternative="greater").pvalue
    below = stats.ttest_1samp(d - margins, 0, alternative="less").pvalue
    return {
        "name": name, "differences": list(d), "margins": list(margins), "mean": d.mean(),
        "low": interval.low, "high": interval.high, "se": stats.sem(d),
        "p": stats.ttest_1samp(d, 0).pvalue, "flipp": flips.pvalue, "equivalence": max(above, below),
    }


def holm(ps):
    return {"p": ps, "adjusted": list(multipletests(ps, method="holm")[1])}


rng = np.random.default_rng(1)
print(json.dumps({
    "versions": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
    "differences": [
        paired("two", [0.02, 0.05], 0.1),
        paired("three, one sign", [-0.031, -0.027, -0.044], 0.05),
        paired("three, both signs", [0.012, -0.003, 0.007], 0.02),
        paired("ties", [0.1, 0.1, -0.1, 0.2, -0.2, 0.3], 0.4),
        paired("zeros among them", [0, 0.01, 0, -0.02, 0.04, 0.03, 0.02], 0.02),
        paired("ten, skewed", list(rng.exponential(1, 10) - 0.4), 1.5),
        paired("ten, outside of the margin", list(0.5 + 0.1 * rng.standard_normal(10)), 0.3),
        paired("twelve", list(0.3 + rng.standard_normal(12)), 1),
        paired("seventeen", list(0.5 + rng.standard_normal(17)), 1),
    ],
    "holm": [
        holm([0.01]),
        holm([0.01, 0.04, 0.03, 0.005]),
        holm([0.25, 0.25, 0.5, 1, 0.0078125]),
        holm([0.02, 0.02, 0.02]),
        holm(list(rng.uniform(0, 0.2, 9))),
    ],
}, indent=1))
