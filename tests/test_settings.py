"""Settings: what production refuses, and errors in plain words."""

from datetime import date

import pytest

from bot.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENV", "TODAY", "SECRET_KEY", "PUBLIC_URL", "PORT", "DATABASE_URL"):
        monkeypatch.delenv(f"BILLING_BOT_{name}", raising=False)
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_production_is_the_default_and_wants_a_secret() -> None:
    settings = Settings.load()
    assert "production" == settings.env
    with pytest.raises(SettingsError, match="BILLING_BOT_SECRET_KEY must be set"):
        _ = settings.secret


def test_a_short_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLING_BOT_SECRET_KEY", "short")
    with pytest.raises(SettingsError, match="32 random characters"):
        _ = Settings.load().secret


def test_development_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLING_BOT_ENV", "development")
    monkeypatch.setenv("BILLING_BOT_TODAY", "2026-11-22")
    settings = Settings.load()
    assert date(2026, 11, 22) == settings.today
    assert settings.secret


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BILLING_BOT_TODAY", "2026-11-22", "BILLING_BOT_TODAY is for development"),
        ("BILLING_BOT_ENV", "staging", "BILLING_BOT_ENV: "),
        ("PORT", "http", "PORT: "),
        ("PORT", "70000", "PORT: "),
    ],
)
def test_a_wrong_value_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    assert str(caught.value).startswith(said)


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "x" * 40
    monkeypatch.setenv("BILLING_BOT_SECRET_KEY", secret)
    assert secret not in repr(Settings.load())


def test_links_start_at_the_public_url() -> None:
    assert "http://127.0.0.1:8000" == Settings().base_url
    assert "https://x.example" == Settings(public_url="https://x.example/").base_url
