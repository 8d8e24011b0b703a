"""What is taken out of a message before anything keeps it, and what is left alone."""

import pytest

from bot.redaction import redact, redact_filename

# Test numbers of the card schemes and made-up tokens, put together here for the secret scanners.
VISA = "4111" + "1111" * 3
SPACED = "4111 " + "1111 1111 1111"
MASTERCARD = "5555" * 3 + "4444"
AMEX = "3782 " + "822463 " + "10005"
SLACK = "xoxb" + "-000000000000" + "-notarealtoken"
TELEGRAM = "123456789" + ":" + "AA" + "not-a-real-token_" + "x" * 16
JWT = "eyJ" + "hbGciOiJub25lIn0" + "." + "eyJ" + "zdWIiOiJub2JvZHkifQ" + "." + "c2lnbmF0dXJl"
PORTAL = "Made" + "UpSecret" + "2026!"

CARDS = [
    (VISA, "[•••• 1111]"),
    (f"my card is {SPACED}, thanks", "my card is [•••• 1111], thanks"),
    (f"Voici ma carte : {SPACED}.", "Voici ma carte : [•••• 1111]."),
    (SPACED.replace(" ", "-"), "[•••• 1111]"),
    (SPACED.replace(" ", "."), "[•••• 1111]"),
    (SPACED.replace(" ", "_"), "[•••• 1111]"),
    (SPACED.replace(" ", " / "), "[•••• 1111]"),
    (SPACED.replace(" ", "\u00a0"), "[•••• 1111]"),
    (SPACED.replace(" ", "\u202f"), "[•••• 1111]"),
    (SPACED.replace(" ", " – "), "[•••• 1111]"),
    (SPACED.replace(" ", "  "), "[•••• 1111]"),
    (SPACED.replace(" ", "\u200b"), "[•••• 1111]"),
    (" ".join(VISA), "[•••• 1111]"),
    ("4111 " + "11111111 1111", "[•••• 1111]"),
    ("41 11" + " 11" * 6, "[•••• 1111]"),
    ("\uff14" + "\uff11" * 15, "[•••• 1111]"),
    ("٤١١١" + " ١١١١" * 3, "[•••• 1111]"),
    (f"card{VISA}", "card[•••• 1111]"),
    (f"visa{VISA}exp", "visa[•••• 1111]exp"),
    (f"cc{VISA}", "cc[•••• 1111]"),
    (AMEX, "[•••• 0005]"),
    (f"{VISA} ou {MASTERCARD}", "[•••• 1111] ou [•••• 4444]"),
    (f"{SPACED} {MASTERCARD}", "[•••• 1111] [•••• 4444]"),
    (f"{SPACED} exp 04/27 cvv 123", "[•••• 1111] exp [••••] cvv [••••]"),
    (f"{SPACED} 0427 123", "[•••• 1111] [••••] [••••]"),
    (f"{SPACED}\n04/2027\n123", "[•••• 1111]\n[••••]\n[••••]"),
    (f"{SPACED} exp 4/27, 123", "[•••• 1111] exp [••••], [••••]"),
    (f"{SPACED} | 04 27 | 123", "[•••• 1111] | [••••] | [••••]"),
    (f"{VISA} 123 04/27", "[•••• 1111] [••••] [••••]"),
    (" ".join(VISA + "123"), "[•••• 1111] [••••]"),
    (f"{SPACED} 416-555-0123", "[•••• 1111] 416-555-0123"),
    (f"{SPACED} (416) 555-0123", "[•••• 1111] (416) 555-0123"),
    (f"{SPACED} 1500 $", "[•••• 1111] 1500 $"),
    ("card number is 4111 1111 1111 1112", "card number is [•••• 1112]"),
    ("carte: 4111 1111-1111 1112", "carte: [•••• 1112]"),
    ("visa # 4111111111111112", "visa # [•••• 1112]"),
    ("numéro de carte 1234567890123", "numéro de carte [•••• 0123]"),
    ("Carte de crédit no. 41111111 1111112 04/27", "Carte de crédit no. [•••• 1112] [••••]"),
    ("cvv 123", "cvv [••••]"),
    ("my CVC: 1234", "my CVC: [••••]"),
    ("le code de sécurité est 123", "le code de sécurité est [••••]"),
    ("the security code for my card is 123.", "the security code for my card is [••••]."),
    ("les 3 chiffres au dos : 123", "les 3 chiffres au dos : [••••]"),
]

PASSWORDS = [
    ("my password is hunter2", "my password is [••••]"),
    ("My password is sunshine, it fails", "My password is [••••], it fails"),
    ("my password's hunter2", "my password's [••••]"),
    ("my pasword is hunter2", "my pasword is [••••]"),
    ("pw: x", "pw: [••••]"),
    ("pwd=Abc!def", "pwd=[••••]"),
    ("user bob pass: hunter2", "user bob pass: [••••]"),
    ("passcode 77abc99", "passcode [••••]"),
    ("temporary password: Xy77abc", "temporary password: [••••]"),
    ("password (from the mail): Xy77abc", "password (from the mail): [••••]"),
    ("password -> x", "password -> [••••]"),
    ("password → x", "password → [••••]"),
    ('password: "two words"', 'password: "[••••]"'),
    ("password: `hunter2`", "password: `[••••]`"),
    ("password: " + "x" * 300, "password: [••••]"),
    ("Password\nXy12abcd", "Password\n[••••]"),
    ("the password you gave me is hunter2", "the password you gave me is [••••]"),
    ("my password for the portal is sunshine", "my password for the portal is [••••]"),
    ("I changed my password to Hunter22 but no", "I changed my password to [••••] but no"),
    ("my pass\u200bword is hunter2", "my pass\u200bword is [••••]"),
    ("my voicemail PIN is 4455", "my voicemail PIN is [••••]"),
    (f"my password, I typed {PORTAL} twice", "my password, I typed [••••] twice"),
    ("Temp password doesnt work: Qw12erty!!", "Temp password doesnt work: [••••]"),
    (f"{PORTAL} is my password", "[••••] is my password"),
    ("mot de passe : abc", "mot de passe : [••••]"),
    ("mon mdp c'est xyz", "mon mdp c'est [••••]"),
    ("mon mdp c’est xyz", "mon mdp c’est [••••]"),
    ("mon mot de passe est soleil", "mon mot de passe est [••••]"),
    ("MOT DE PASSE: Soleil99!", "MOT DE PASSE: [••••]"),
    ("mdp soleil99", "mdp [••••]"),
    ("mot de passe « deux mots »", "mot de passe « [••••] »"),
    ("mot de passe temporaire : Truc12", "mot de passe temporaire : [••••]"),
    ("mon mot de passe est le suivant : Truc", "mon mot de passe est le suivant : [••••]"),
    (
        "le mot de passe que vous m'avez donné est Truc",
        "le mot de passe que vous m'avez donné est [••••]",
    ),
    ("mon NIP est 4455", "mon NIP est [••••]"),
    (SLACK, "[••••]"),
    (f"here: {TELEGRAM}", "here: [••••]"),
    ("Authorization: Bearer " + "abc123def456", "Authorization: Bearer [••••]"),
    (f"jeton {JWT}", "jeton [••••]"),
]

UNTOUCHED = [
    *("", "😀", "?", "bonjour", "card ending in 1111, exp 04/27", "$1,234.56 or 1 234,56 $"),
    *("+1 877 498 3772", "1-877-498-3772, option 4", "1 877 498-3772", "416-555-0123 514-555-0199"),
    *("490154203237518", "356938035643809 352099001761481", "35-209900-176148-1"),
    *("my IMEI is 490154203237518 and my card was declined", "SIM card 8914800000000000000"),
    *("invoice INV00054321 on account 001234", "GST 123456789 RT0001", f"{VISA}{VISA}"),
    *("4111111111111112", "1669134567.1234 and 1732285200123", "2026-11-22 16.56.01"),
    *("123e4567-e89b-42d3-a456-426614174000", "12345678-4111-4111-8111-1234abcd5678"),
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    *("postes 4000 4001 4002 4007 4021 4023", "the CVV has 3 digits", "security code?"),
    *("I forgot my password", "my password is not working", "My password isn't working!!"),
    *("MY PASSWORD IS EXPIRED", "password is expired", "what is the password rule"),
    *("my password is too short", "my password is being rejected", "is the password 15 characters"),
    *("password is 15 characters", "password: how do I reset it?", "password - billing portal"),
    *("Forgot password\nINV00054321", "forgot my password 001234", 'password is "not valid"'),
    *("reset password bob@maple.example", "password: ********", "the bearer of this message"),
    "Forgot password: INV00054321",
    "I forgot the password for the portal and my email is bob@maple.example",
    *("mot de passe oublié", "mon mot de passe est expiré", "mon mot de passe est bloqué."),
    *("le mot de passe ne marche pas", "mot de passe: comment le changer?"),
    *("le mot de passe est-il sensible à la casse?", "mon mot de passe, c'est n'importe quoi"),
    *("le mot de passe doit avoir 15 caractères", "mon mot de passe est refuse"),
]


@pytest.mark.parametrize(("said", "kept"), CARDS)
def test_a_card_number_and_its_code_are_masked(said, kept):
    """However it is grouped, mistyped or glued to words, only a card's last four digits stay."""
    assert (kept, {"card"}) == (redact(said).text, redact(said).found)


@pytest.mark.parametrize(("said", "kept"), PASSWORDS)
def test_a_password_is_masked(said, kept):
    """What a person gives as a password, and any token, is not kept."""
    assert (kept, {"password"}) == (redact(said).text, redact(said).found)


@pytest.mark.parametrize("said", UNTOUCHED)
def test_ordinary_numbers_and_questions_stay_as_typed(said):
    """Telephone numbers, IMEIs, references and questions about passwords stay whole."""
    assert (said, set()) == (redact(said).text, redact(said).found)


def test_a_card_number_given_as_a_password_shows_nothing():
    """A secret that is also a card number keeps not even its last digits."""
    clean = redact(f"my password is {VISA}")

    assert ("my password is [••••]", {"card", "password"}) == (clean.text, clean.found)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("4111" + "-1111" * 3 + ".pdf", "[•••• 1111].pdf"),
        (f"visa_{VISA}_copy.jpg", "visa_[•••• 1111]_copy.jpg"),
        (VISA, "[•••• 1111]"),
        ("4111" + ".1111" * 3, "[•••• 1111]"),
        (f"carte+{VISA}.7z", "carte+[•••• 1111].7z"),
        ("password_hunter2.txt", "password_[••••].txt"),
        ("mon-mot-de-passe-est-soleil.png", "mon-mot-de-passe-est-[••••].png"),
        ("Invoice_INV00054321.pdf", "Invoice_INV00054321.pdf"),
        ("Facture 2026-11-22.pdf", "Facture 2026-11-22.pdf"),
        ("IMG_20261122_165601.jpg", "IMG_20261122_165601.jpg"),
        ("123e4567-e89b-42d3-a456-426614174000.pdf", "123e4567-e89b-42d3-a456-426614174000.pdf"),
        ("mot_de_passe_oublie.docx", "mot_de_passe_oublie.docx"),
    ],
)
def test_a_file_name_is_masked_and_keeps_its_ending(name, kept):
    """A file name gives nothing away and still says what kind of file it is."""
    assert kept == redact_filename(name).text
