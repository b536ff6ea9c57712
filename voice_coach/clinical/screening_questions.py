"""The screening questions about red flags, and whom a yes calls for (clinical.md 2c)."""

from typing import Final

SADDLE_NUMBNESS = "screen_1"
BLADDER_OR_BOWEL = "screen_2"
BOTH_LEGS_OR_GROWING_WEAKNESS = "screen_3"
ACCIDENT = "screen_4"
CHEST_PAIN = "screen_5"
FEVER_OR_WEIGHT_LOSS = "screen_6"
CANCER_OR_WEAK_DEFENCES = "screen_7"
NIGHT_PAIN_OR_NEW_SHAPE = "screen_8"
LEG_PAIN_WITH_NUMB_FOOT = "screen_9"
THIN_BONES_SURGERY_OR_PREGNANCY = "screen_10"
FIRST_EVER_AT_UNUSUAL_AGE = "screen_11"
CLEARED_BY_CLINICIAN = "screen_12"
RECENT_ACCIDENT = "screen_recent"
"""Asked only after a yes to `ACCIDENT`."""

SCREENED = (
    SADDLE_NUMBNESS,
    BLADDER_OR_BOWEL,
    BOTH_LEGS_OR_GROWING_WEAKNESS,
    ACCIDENT,
    CHEST_PAIN,
    FEVER_OR_WEIGHT_LOSS,
    CANCER_OR_WEAK_DEFENCES,
    NIGHT_PAIN_OR_NEW_SHAPE,
    LEG_PAIN_WITH_NUMB_FOOT,
    THIN_BONES_SURGERY_OR_PREGNANCY,
    FIRST_EVER_AT_UNUSUAL_AGE,
    CLEARED_BY_CLINICIAN,
)
"""The questions of the screening, in order (clinical rules 2c)."""

NEEDS_EMERGENCY_SERVICE: Final = frozenset(
    {SADDLE_NUMBNESS, BLADDER_OR_BOWEL, BOTH_LEGS_OR_GROWING_WEAKNESS, CHEST_PAIN, RECENT_ACCIDENT}
)
"""Saddle, bladder and bowel, both legs, chest, a recent accident: "yes" is for an emergency service."""

NEEDS_CLINICIAN: Final = frozenset(
    {
        FEVER_OR_WEIGHT_LOSS,
        CANCER_OR_WEAK_DEFENCES,
        NIGHT_PAIN_OR_NEW_SHAPE,
        LEG_PAIN_WITH_NUMB_FOOT,
        THIN_BONES_SURGERY_OR_PREGNANCY,
        FIRST_EVER_AT_UNUSUAL_AGE,
    }
)
"""Fever, cancer, pain all night, a numb foot, thin bones, age: "yes" is for a doctor or physio, before any exercise."""
