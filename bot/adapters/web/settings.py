"""How the web chat is set up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    base_url: str  # under which people reach the page
    poll_seconds: float = 0.5  # between two looks for messages that arrive by themselves
    state_seconds: float = 5.0  # between two looks at who is signed in
    patience_seconds: float = 20.0  # how long a line waits behind an earlier one for its answer

    @property
    def secure(self) -> bool:
        """Cookies are for HTTPS alone wherever the page is."""
        return self.base_url.startswith("https://")
