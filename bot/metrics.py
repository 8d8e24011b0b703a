"""What can be counted about the bot without saying anything of anybody."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

registry = CollectorRegistry()

turns = Counter(
    "billing_bot_turns", "Turns closed", ["platform", "outcome", "language"], registry=registry
)
turn_seconds = Histogram(
    "billing_bot_turn_seconds",
    "Time from taking an event to closing its turn",
    ["platform"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=registry,
)
sent = Counter("billing_bot_sent", "Messages sent", ["platform", "state"], registry=registry)
store_failures = Counter(
    "billing_bot_store_failures", "Turns that the store could not close", registry=registry
)
inbox_waiting = Gauge("billing_bot_inbox_waiting", "Events not answered yet", registry=registry)
outbox_waiting = Gauge(
    "billing_bot_outbox_waiting", "Messages not sent yet", ["platform"], registry=registry
)
exports_waiting = Gauge(
    "billing_bot_exports_waiting", "Files asked for that are not made yet", registry=registry
)
tickets_open = Gauge("billing_bot_tickets_open", "Open tickets", ["urgent"], registry=registry)


def turn(platform: str, outcome: str, language: str, seconds: float) -> None:
    turns.labels(platform, outcome, language).inc()
    turn_seconds.labels(platform).observe(seconds)
