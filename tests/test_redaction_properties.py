"""What must hold of redaction whatever is typed."""

import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import redact

# Test numbers and made-up tokens, put together here for the secret scanners.
VISA = "4111" + "1111" * 3
SPACED = "4111 " + "1111 1111 1111"
AMEX = "3782 " + "822463 " + "10005"
SLACK = "xoxb" + "-000000000000" + "-notarealtoken"
TELEGRAM = "123456789" + ":" + "AA" + "not-a-real-token_" + "x" * 16
JWT = "eyJ" + "hbGciOiJub25lIn0" + "." + "eyJ" + "zdWIiOiJub2JvZHkifQ" + "." + "c2lnbmF0dXJl"
PORTAL = "Made" + "UpSecret" + "2026!"


def between(first, last):
    return [str(number) for number in range(first, last + 1)]


LONG = [16, 17, 18, 19]
ISSUED = [
    (["4"], [13, 16, 19]),
    (between(51, 55) + between(2221, 2720), [16]),
    (["34", "37"], [15]),
    (["6011", "65", *between(644, 649), *between(622126, 622925)], LONG),
    (["36", "38", "39", *between(300, 305)], [14]),
    (between(3528, 3589), LONG),
    (["62"], LONG),
    (["50", "56", "57", "58", "6304", "6759"], LONG),
]
WRITTEN = {
    13: [(4, 3, 3, 3), (4, 4, 4, 1)],
    14: [(4, 6, 4), (4, 4, 4, 2)],
    15: [(4, 6, 5), (4, 4, 4, 3), (5, 5, 5)],
    16: [(4, 4, 4, 4), (8, 8), (6, 10), (4, 8, 4)],
    17: [(4, 4, 4, 4, 1)],
    18: [(4, 4, 4, 4, 2), (6, 12)],
    19: [(4, 4, 4, 4, 3), (6, 13)],
}
SEPARATORS = [" ", "  ", "-", " - ", ".", "/", "_", "\u00a0", "\u202f", "–", "\u2011"]
DIGITS = ["0123456789", "".join(map(chr, range(0xFF10, 0xFF1A))), "٠١٢٣٤٥٦٧٨٩"]
WORDS = "please charge this card it is for my invoice number thanks voici ma carte pour la facture"
sentences = st.lists(st.sampled_from(WORDS.split()), max_size=8).map(" ".join)


def check_digit(number):
    doubled = [int(digit) * 2 for digit in number[::-2]]
    others = [int(digit) for digit in number[-2::-2]]
    return str(-sum(sum(divmod(n, 10)) for n in doubled + others) % 10)


def digits_of(text):
    return "".join(str(int(character)) for character in text if character.isdecimal())


@st.composite
def written_card_numbers(draw):
    prefixes, lengths = draw(st.sampled_from(ISSUED))
    start, length = draw(st.sampled_from(prefixes)), draw(st.sampled_from(lengths))
    body = (start + draw(st.text("0123456789", min_size=18, max_size=18)))[: length - 1]
    number = body + check_digit(body)
    pairs = (2,) * (length // 2) + (1,) * (length % 2)
    sizes = draw(st.sampled_from([(length,), (1,) * length, pairs, *WRITTEN[length]]))
    rest = iter(number)
    groups = ["".join(next(rest) for _ in range(size)) for size in sizes]
    written = draw(st.sampled_from(SEPARATORS)).join(groups)
    if draw(st.booleans()):
        written = "\u200b".join(written)
    return number, written.translate(str.maketrans(DIGITS[0], draw(st.sampled_from(DIGITS))))


@given(written_card_numbers(), sentences, sentences, st.sampled_from(["", " ", "\n", " : "]))
def test_no_card_number_survives(card, before, after, joint):
    """Of any issuer's number, in any usual writing, no thirteen digits in a row are kept."""
    number, written = card
    clean = redact(f"{before}{joint}{written} {after}")

    kept = digits_of(clean.text)
    assert not any(number[at : at + 13] in kept for at in range(len(number) - 12))
    assert "card" in clean.found


imeis = st.builds(
    lambda start, rest: start + rest + check_digit(start + rest),
    st.sampled_from(["01", "35", "44", "45", "49", "50", "51", "52", "53", "54", "86", "91", "99"]),
    st.text("0123456789", min_size=12, max_size=12),
)
phones = st.builds(
    lambda form, area, line: form.format(area, line[:3], line[3:]),
    st.sampled_from(
        ["{}-{}-{}", "({}) {}-{}", "+1 {} {} {}", "+1{}{}{}", "1 {} {}-{}", "{}.{}.{}"]
    ),
    st.from_regex(r"[2-9][0-9]{2}", fullmatch=True),
    st.from_regex(r"[2-9][0-9]{6}", fullmatch=True),
)
numbers_of_the_trade = st.one_of(
    imeis,
    phones,
    st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True),
    st.from_regex(r"INV[0-9]{8}", fullmatch=True),
    st.from_regex(r"00[0-9]{4}", fullmatch=True),
    st.from_regex(r"[0-9]{20,40}", fullmatch=True),
    st.uuids().map(str),
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(datetime.isoformat),  # noqa: DTZ001 - Hypothesis wants them naive
)


@given(
    st.lists(numbers_of_the_trade, min_size=1, max_size=3),
    st.sampled_from([", ", " et ", "; ", "\n\n"]),
)
def test_numbers_of_the_trade_stay_as_typed(numbers, joint):
    """Nothing is masked for being long or for passing the check digit."""
    said = f"ref {joint.join(numbers)} ok"

    assert said == redact(said).text


PIECES = (
    *(
        "password",
        " is ",
        ": ",
        "=",
        " ",
        "\n",
        '"',
        "'",
        "mot de passe",
        " est ",
        "c'est ",
        "mdp ",
    ),
    *("card ", "carte : ", "cvv ", " exp ", "04/27", "123", "4", "1 ", "-", "[", "]", "[••••]"),
    *("hunter2", "not", "oublié", " for the ", "(x)", "«\u00a0", "\u200b", "+", "bearer ", "@a.ca"),
    *(VISA, SPACED, AMEX, SLACK, TELEGRAM, JWT, PORTAL, "é", "٤", "x" * 90, "pass:", ", ", " to "),
)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map("".join))
def test_masking_again_changes_nothing(said):
    """A text that was masked once comes through a second time as it is."""
    once = redact(said).text

    assert once == redact(once).text


SLOW = (
    *(
        "1",
        "4",
        "1 ",
        "4 ",
        "44-",
        SPACED + " ",
        VISA + " exp ",
        "card number is ",
        "cvv is ",
        "a1",
    ),
    *("password ", "password: ", "pass:", "pwd:pwd", "pass:www.", "pass:no/", 'password "'),
    *("password for a b ", "password is wrong ", "bearer ", "eyJ", "eyJ-", "12345678:", "f" * 20),
    *(" ", "(", "\ufdfa", "\u200b", "\u0301", "٤ "),
)


@pytest.mark.parametrize("unit", SLOW)
def test_the_longest_message_takes_no_longer_than_its_length_asks(unit):
    """Forty thousand characters made to be slow are done in well under a second."""
    said = (unit * 40_000)[:40_000]
    start = time.process_time()
    redact(said)

    assert time.process_time() - start < 1
