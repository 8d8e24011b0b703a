"""The colours of pictures, told apart without red and green, and in grey."""

from bot.billing.aging import Bucket

# Blue for what is not due, then ever darker browns.
BUCKETS = {
    Bucket.CURRENT: "#4477aa",
    Bucket.DAYS_1_30: "#f6c141",
    Bucket.DAYS_31_60: "#ee8026",
    Bucket.DAYS_61_90: "#c04a12",
    Bucket.OVER_90: "#7a1f0c",
}
BAR = BUCKETS[Bucket.CURRENT]
INK, QUIET, GROUND, RULE = "#1f2933", "#5b6770", "#ffffff", "#c5ccd3"
