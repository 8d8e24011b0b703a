"""Companies made up by the thousand: the hand-made ones under other names and numbers."""

import re
from random import Random

from store.sample.companies import Company, Site, companies

_WORDS = {
    "en": (
        ("Aurora", "Beacon", "Birchwood", "Copperfield", "Driftwood", "Elkhorn", "Foxglove"),
        ("Ironbridge", "Juniper", "Lakeshore", "Millstone", "Osprey", "Ridgeline", "Stonecrop"),
        ("Bakery", "Cabinetry", "Consulting", "Dental", "Engineering", "Freight", "Interiors"),
        ("Inc.", "Ltd."),
    ),
    "fr": (
        ("Atelier", "Cabinet", "Centre", "Comptoir", "Groupe", "Laboratoire", "Studio"),
        ("Beauchêne", "Clairval", "Grand-Pré", "Hautmont", "Lavoie", "Montclair", "Rivard"),
        ("du Fleuve", "du Nord", "de l'Estuaire", "des Cantons", "des Laurentides", "du Parc"),
        ("inc.", "ltée"),
    ),
}


def invented(number: str, position: int) -> Company:
    """Make up a company under an account number, the same one for the same number.

    It is billed and pays as one of the hand-made ones does, in turn.
    """
    random = Random(number)  # noqa: S311 - made-up names, nothing secret
    model = companies()[position % len(companies())]
    return model.model_copy(
        update={
            "number": number,
            "legal_name": " ".join(random.choice(words) for words in _WORDS[model.language]),
            "bill_to_name": "",
            "billing": None,
            "emails": (f"accounts@{number}.example",),
            "sites": tuple(_moved(site, random) for site in model.sites),
        }
    )


def _moved(site: Site, random: Random) -> Site:
    """Another house in the same street, and other telephone numbers kept for fiction."""
    lines = random.sample(range(100), k=len(site.numbers))
    numbers = {
        f"{number[:-2]}{line:02}": label
        for line, (number, label) in zip(lines, site.numbers.items(), strict=True)
    }
    street = re.sub(r"^\d+", str(random.randint(10, 4999)), site.street)
    return site.model_copy(update={"street": street, "numbers": numbers})
