"""Passwords people type, and tokens that programs hand out.

What follows "my password is" is a secret unless it is an ordinary word of such sentences; what
merely follows "password" must look like one. Every pattern is bounded or possessive.
"""

import re
from collections.abc import Iterator
from typing import Final

from bot.redaction.reading import Find, Reading

_TOKENS: Final = re.compile(
    r"""(?<!\d)\d{8,10}:[a-z0-9_-]{35,}+  # Telegram
    |(?<![a-z])(?:xox[a-z]|xapp)-[a-z0-9-]{10,}+  # Slack
    |(?<![a-z])eyj[a-z0-9_-]{5,500}+\.[a-z0-9_-]{5,}+(?:\.[a-z0-9_-]*+)?  # JSON Web Token
    |(?<![a-z])bearer\s++(?P<bearer>(?=[^\s\d]*+\d)[^\s\[\]]{8,}+)""",
    re.VERBOSE,
)


def tokens(text: str) -> Iterator[Find]:
    """Find the tokens of Slack and Telegram, bearer tokens and JSON Web Tokens in folded text."""
    for found in _TOKENS.finditer(text):
        yield Find(*found.span("bearer" if found["bearer"] else 0), "password")


_LOOKED_AT: Final = 100  # characters of a value; what is masked may be longer
_NAME: Final = r"""(?<![a-z])(?:pass[ -]?(?:word|code|phrase)s?|pas{1,2}[wor]{2,4}ds?|passwd|pwd?
    |pword|mots?[ -]?(?:de[ -]?)?(?:passe?s?|pase)|mdp|pin|nip|access[ ]code|code[ ]d'acces
    |api[ -]?key|cle[ ]api
    |pass(?=\s{0,3}[:=]))(?![a-z])"""
_PASSWORD: Final = re.compile(
    rf"""{_NAME}(?=
    (?:(?P<stated>
        (?:[ ]++(?:for|to|of|on|in|from|you|i|we|they|that|du|de|des|pour|sur|que|qu'[a-z]++
            |d'[a-z]++|temporaire|provisoire|actuel|initial)
          (?:[ ]++(?!(?:and|but|or|so|et|mais|ou|donc|car)\b)[a-z'-]{{1,24}}+){{0,5}}?)??
        (?:[ ]?\([^()\n]{{0,30}}\))?
        (?:["']?[ ]*+(?:[:=]|[-=]{{0,2}}>)
          |(?:,?[ ]++(?:is|was|are|est|etait|sera|c'est|cest|(?:should|would|will)[ ]be)|'s)
            (?:[ ]++(?:now|currently|just|still|maintenant|toujours|this|ceci
              |the[ ]following|le[ ]suivant|comme[ ]suit))?+
            (?:[ ]*+[:=]|(?=\s))))
      |\s++(?:(?:to|as|pour|par|en|-)\s++)?)
    \s*+(?P<value>"[^"\n]{{1,200}}"|'[^'\n]{{1,200}}'|`[^`\n]{{1,200}}`|\S{{1,{_LOOKED_AT}}}+))""",
    re.VERBOSE,
)
_QUOTES: Final = "\"'`"
_AROUND: Final = " \t\"'`([{<*,.;:?)]}>"


def passwords(reading: Reading) -> Iterator[Find]:
    """Find what stands where a password is said to stand."""
    folded, at = reading.folded, 0
    while found := _PASSWORD.search(folded, at):
        at = found.end()
        start, end = _trimmed(folded, *found.span("value"))
        stated = bool(found["stated"]) or found["value"][0] in _QUOTES
        if _is_secret(reading.kept[start:end], folded[start:end], stated=stated):
            if len(found["value"]) == _LOOKED_AT and (rest := _UNBROKEN.match(folded, end)):
                start, end = _trimmed(folded, start, rest.end())
            yield Find(start, end, "password")
            at = max(at, end)


_UNBROKEN: Final = re.compile(r"\S*+")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    value = text[start:end]
    return end - len(value.lstrip(_AROUND)), start + len(value.rstrip(_AROUND))


def strong_passwords(reading: Reading) -> Iterator[Find]:
    """Find what looks like nothing but a strong password on a line that speaks of one."""
    for line in _LINE.finditer(reading.folded):
        if not _ANY_NAME.search(line[0]):
            continue
        for token in _LONG_TOKEN.finditer(reading.kept, *line.span()):
            kept = token[0].strip(_AROUND)
            if _is_strong(kept) and not _NO_SECRET.fullmatch(kept.lower()):
                start = token.start() + token[0].index(kept)
                yield Find(start, start + len(kept), "password")


_LINE: Final = re.compile(r"[^\n]+")
_ANY_NAME: Final = re.compile(_NAME, re.VERBOSE)
# With a bracket inside it may be what stands beside a mask, and that must stay.
_LONG_TOKEN: Final = re.compile(r"(?<![^\s:=])[^\s:=\[\]]{8,}+(?![^\s:=])")
_STRONG_SYMBOL: Final = re.compile(r"[!@$%^&*+~?]")
_PORTAL_LENGTH: Final = 15  # the portal asks for it, two digits and both cases


def _is_strong(token: str) -> bool:
    digits = sum(character.isdigit() for character in token)
    cased = token != token.lower() and token != token.upper()
    long = len(token) >= _PORTAL_LENGTH or bool(_STRONG_SYMBOL.search(token))
    return digits > 1 and cased and long


# An e-mail address, a page, a file or an invoice; a reference, "15characters" or a postal code.
_NO_SECRET: Final = re.compile(
    r"[\w.+-]++@[\w-]++\.[\w.-]*[a-z]|(?:https?://|www\.)\S*|inv\d{6,}"
    r"|\S*\.(?:ca|com|csv|docx?|jpe?g|pdf|png|xlsx?)"
)
_REFERENCE: Final = re.compile(
    r"(?:acct?|account|ext|no|poste|facture|compte|tel)[.#:-]?\d+|\d{1,2}-?[a-z]+"
    r"|[a-z]\d[a-z]-?\d[a-z]\d"
)
_LETTER_AND_OTHER: Final = re.compile(r"[a-z].*[0-9@#$%^&+=~|\\]|[0-9@#$%^&+=~|\\].*[a-z]")
_SYMBOL: Final = re.compile(r"[@#$%^&+=~|\\]")
_SHORTEST_PIN: Final = 4
_SHORTEST_UNSTATED: Final = 6


def _is_secret(kept: str, folded: str, *, stated: bool) -> bool:
    if "•" in kept or _NO_SECRET.fullmatch(folded):
        return False
    if not any(character.isalpha() for character in folded):
        return stated and sum(character.isdigit() for character in folded) >= _SHORTEST_PIN
    if stated:
        words = _WORD.finditer(folded)
        ordinary = all(_is_ordinary(kept[word.start() : word.end()], word[0]) for word in words)
        return bool(_SYMBOL.search(folded)) or not ordinary
    mixed = len(folded) >= _SHORTEST_UNSTATED and _LETTER_AND_OTHER.search(folded)
    return bool(mixed) and not _REFERENCE.fullmatch(folded)


_WORD: Final = re.compile(r"[\w']+")
_PARTICIPLE: Final = re.compile(r"[a-z]{3,}(?:ed|ing|able|ible)")
_ELISION: Final = re.compile(r"[a-z]+'[^\W\d_]+")


def _is_ordinary(kept: str, word: str) -> bool:
    return (
        word in _ORDINARY
        or kept.lower().endswith(("é", "ée", "és", "ées"))
        or bool(_PARTICIPLE.fullmatch(word) or _ELISION.fullmatch(word))
    )


# What follows "the password is" and "password:" in questions, in either language, without accents.
_ENGLISH: Final = """
    a about above account accounts actual admin after again all already also always am an and
    any apparently are as asap at back bad be because been before being below best better
    between billing blank both bound broken but by can cannot cant case changing characters
    clearly code constantly contact correct current currently dashboard dead denied did didnt
    different difficult digits do does doesnt done due easy either else email empty ending
    english error even ever every exactly expiry false fine first for forgot forgotten forget
    french frequently from gone good got had hard has have having hello help her here hi hidden
    his how i if impossible in incorrect indeed insecure instead invalid invoice is isnt issue
    it its junk just keep keeps kept known last late later left less letters link linked list
    lock login long longer lost lower lowercase made mail maybe me mine minimum missing more
    most must my near necessary need needs never new next no none not nothing now null numbers
    obsolete of off ok okay old older on once one only open or other our out over page password
    passwords passcode perfect phone please pls portal possible probably problem profile
    question quite ready really recent regarding related request required requirements reset
    right rule rules safe same secret secure see sensitive sent set shared short should shown
    sign simple since site so some someone something somewhere soon still stolen strong stuck
    suddenly support sure symbols taken temporary than thanks thank that the their them then
    there these they this those thx to too true twice two unclear unknown unsafe until update
    upper uppercase urgent us use user username users using valid very visible vulnerable want
    was we weak were what when where whether which who why will with within without wont wrong
    yes yet you your yours
    """
_FRENCH: Final = """
    actif actuel ai aide ainsi alors ancien apres as assez au aucun aussi autre aux
    avait avant avec avez avoir avons besoin bien bloque bon bonjour bonne bref ca car ce ceci cela
    celui certainement ces cet cette change changer chez chiffres clair comme comment complexe
    compris compromis compte connexion connu correct correcte courriel court d dans de depuis
    deja des deux different difficile dois doit donc du echu egalement elle elles en encore enfin
    ensuite erreur errone est et etait ete etre evident exact exige expire expiree facile facture
    facturation faible faudrait fausse faut faux fini fois fonctionne fort genre gros ici identique
    il ils impossible inactif inconnu incorrecte indique inexact introuvable invalide inutile je
    jamais juste l la le lequel les leur long lui ma mais mal majuscules malheureusement marche
    mauvais mauvaise meme memes merci mes mieux minuscules modifie modifier moi moins mon mot
    multiple n ne necessaire neuf ni nom non nos notre nous nouveau nouvelle nul nulle obligatoire
    obsolete on or ou oublie oubliee oui par parce pareil parfois partage pas passe pense perdu
    perdue perime periode peu peut peux plus portail possible pour pourquoi pourtant premier
    pres presque probablement probleme puis qu quand que quel quelle quelque question qui quoi
    recent refuse refusee reinitialise reinitialiser rejete rendu requis rien s sa sans sauf se
    secret securitaire sensible sera serait ses seulement si simple soit solide son sont souvent
    sous suis sur svp stp tellement temporaire tes ton toujours tout toute tres trop trouve
    un une unique urgent utilisateur utilise valide vide vieux visible voici voir vole vos votre
    voudrais vous vrai vraiment y
    """
_ORDINARY: Final = frozenset((_ENGLISH + _FRENCH).split())
