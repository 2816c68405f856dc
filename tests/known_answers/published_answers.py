"""Known answers that were published with the data, typed from their publications."""

from typing import NamedTuple


class Contrast(NamedTuple):
    """A printed difference of two arms, per 1,000 officers a year."""

    estimate: float
    standard_error: float
    p_value: float
    interval_low: float
    interval_high: float


# Yokum, Ravishankar and Coppock (2019), PNAS 116(21): 10329-10332: uses of force in each district,
# camera minus control; replication archive, text_district_by_district.csv.
WASHINGTON_FORCE = {
    "1D": Contrast(
        -72.79763486579822, 329.30108855914864, 0.8252001707477497,
        -720.9978164335569, 575.4025467019605,
    ),
    "2D": Contrast(
        251.51494284533823, 165.31670984206778, 0.1293179440408875,
        -73.94800618875831, 576.9778918794348,
    ),
    "3D": Contrast(
        -88.0302299958685, 190.52543785058742, 0.6444225153751714,
        -463.1222030220905, 287.06174303035357,
    ),
    "4D": Contrast(
        122.18988358089108, 151.9919227232918, 0.4221231231425352,
        -177.00203648206286, 421.38180364384505,
    ),
    "5D": Contrast(
        486.357479116369, 265.9422900105284, 0.06865396985011418,
        -37.48883440752394, 1010.203792640262,
    ),
    "6D": Contrast(
        18.002201501255872, 248.95433003731546, 0.9424019114124864,
        -471.89612838589966, 507.90053138841137,
    ),
    "7D": Contrast(
        -161.55053561604035, 179.51115788787965, 0.3689942017862273,
        -515.0571717465012, 191.95610051442054,
    ),
}  # fmt: skip


class Footage(NamedTuple):
    """Staff in scope who recorded: their recordings, and the mean length of one."""

    staff: int
    recordings: int
    footage_hours: float
    mean_recording_hours: float


class RecordedShifts(NamedTuple):
    """Shifts with any footage: hours of footage and of shifts, staff, and the share recorded."""

    footage_hours: float
    shift_hours: float
    staff: int
    recorded_share: float


# Noah Wright (2023), Real World Data Science: the repository Body-Worn-Camera-Monitoring, Output/.
# The counts and hours of the Texas facilities over three weeks of April 2019.
TEXAS_FOOTAGE = {
    "alpha": Footage(124, 14543, 9160.125277777777, 0.6298649025495274),
    "beta": Footage(116, 6698, 8872.922222222222, 1.3247121860588567),
    "delta": Footage(142, 7134, 6179.300277777777, 0.8661760972494782),
    "epsilon": Footage(162, 10028, 13084.32111111111, 1.3047787306652485),
    "gamma": Footage(170, 11027, 12848.504722222222, 1.1651858821277068),
}
TEXAS_RECORDED_SHIFTS = {
    "alpha": RecordedShifts(7354.3341666666665, 11800.374444444444, 111, 0.6232288815317254),
    "beta": RecordedShifts(5123.460555555555, 7749.912222222222, 106, 0.6610991723060375),
    "delta": RecordedShifts(4970.541666666667, 10649.9475, 128, 0.46671982811808854),
    "epsilon": RecordedShifts(10185.1575, 13621.8475, 149, 0.7477074970924464),
    "gamma": RecordedShifts(8694.791666666666, 12108.85861111111, 151, 0.7180521257955981),
}
