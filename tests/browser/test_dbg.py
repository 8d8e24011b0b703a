import pytest
from store import sample
pytestmark=pytest.mark.browser
def test_x(open_chat):
    c=open_chat("fr",wide=False)
    c.sign_in("demo@erable.example",dict(sample.credentials())["demo@erable.example"])
    for t in ("/balance","/aging","/transactions"):
        c.ask(t); print(t, repr(c.last.inner_text()[:600]), [b.inner_text() for b in c.last.locator("button").all()])
        print([m.get_attribute("class") for m in c.page.locator(".message").all()])
