"""Hazus' medians against another transcription of the same tables, made by others for another program."""

import pytest

from risk_api.seismic.damage import hazus

#: Per cent of g, slight to complete: appendix E of the operator's guide of ShakeCast 3 (USGS, public domain).
SHAKECAST = """
W1   high      26  55 128 201
W1   moderate  24  43  91 134
W1   low       20  34  61  95
W1   pre       18  29  51  77
S3   high      15  26  54 100
S3   moderate  13  19  33  60
S3   low       10  13  20  38
S3   pre        8  10  16  30
C1M  high      15  27  73 161
C1M  moderate  13  21  49  89
C1M  low       12  17  32  54
C1M  pre        9  13  26  43
C2M  high      17  36  87 195
C2M  moderate  15  26  55 102
C2M  low       12  19  38  63
C2M  pre       10  15  30  50
PC2M high      17  29  67 151
PC2M moderate  15  21  45  86
PC2M low       11  16  31  52
PC2M pre        9  13  24  42
RM1L high      30  46  93 157
RM1L moderate  22  30  50  85
RM1L low       16  20  29  54
RM1L pre       13  16  24  43
RM2M high      17  33  75 183
RM2M moderate  16  23  48  99
RM2M low       12  17  34  60
RM2M pre       10  14  26  47
URML low       14  20  32  46
URML pre       13  17  26  37
"""


def test_medians_are_those_of_another_transcription() -> None:
    ours = {
        kind: {level: tuple(round(100.0 * g) for g in medians) for level, medians in levels.items()}
        for kind, levels in hazus.MEDIAN_PGA_G.items()
    }
    theirs: dict[str, dict[str, tuple[int, ...]]] = {}
    for kind, level, *medians in map(str.split, SHAKECAST.strip().splitlines()):
        theirs.setdefault(kind, {})[level] = tuple(map(int, medians))
    assert ours == theirs


#: Per cent of those indoors, severity 1 to 4: slight, moderate, extensive, complete, complete with collapse.
_COLLAPSE = (40, 20, 5, 10)
RATES = {
    "URML": [
        (0.05, 0, 0, 0),
        (0.35, 0.4, 0.001, 0.001),
        (2, 0.2, 0.002, 0.002),
        (10, 2, 0.02, 0.02),
        _COLLAPSE,
    ],
    "C1M": [(0.05, 0, 0, 0), (0.25, 0.03, 0, 0), (1, 0.1, 0.001, 0.001), (5, 1, 0.01, 0.01), _COLLAPSE],
    "W1": [(0.05, 0, 0, 0), (0.25, 0.03, 0, 0), (1, 0.1, 0.001, 0.001), (5, 1, 0.01, 0.01), (40, 20, 3, 5)],
}


@pytest.mark.parametrize("kind", RATES)
def test_casualty_rates_are_those_of_the_manual(kind: str) -> None:
    rates = hazus.casualty_rates(kind)
    assert rates[0] == (0.0, 0.0, 0.0, 0.0)
    for got, wanted in zip(rates[1:], RATES[kind], strict=True):
        assert [100.0 * each for each in got] == pytest.approx(wanted)
