"""Personal data in clear, files made of a recovery: who has what of it and why is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.case_file import CaseFile
from models.deconfliction_hits import Match
from models.entities.officer import Role
from models.entities.outside.disclosure import DisclosureKind
from models.ids import digest, digest_bytes
from models.language.phrase import phrase
from models.privacy.personal_data import Found, personal_data
from models.queries.cases.case_files import load_file
from models.queries.cases.deconfliction import hits_of
from models.queries.privacy.personal_data import known_data, personal_fields
from models.safe_text import steers_or_hides, undirected
from models.store.disclosures import Disclosed, note_disclosure
from models.store.unit import Unit
from recovery_flows.access.acting_officer import ActingOfficer
from recovery_flows.errors import MisuseError, StepRefusedError

OF_CLAIM = ("name", "contact", "account", "payout-account", "payout-holder")
OF_ACCOUNT = ("holder", "account")
_HOLDERS = frozenset({"payout-holder", "holder"})
FIELDS = tuple(dict.fromkeys((*OF_CLAIM, *OF_ACCOUNT)))
_REASON_LENGTH_MIN, _REASON_LENGTH_MAX = 3, 400
_WHAT_LENGTH_MAX = 400


def reveal(
    acting: ActingOfficer,
    recovery_id: str,
    fields: Sequence[str],
    subject_id: str,
    reason: str,
) -> Mapping[str, str]:
    """Fields of one claim's victim or one account in clear, once the history says who, what, why.

    MisuseError for no field, an unknown one or an unknown claim or account, for a reason that says
    nothing; StepRefusedError for who is neither in charge nor a supervisor, for a reason that names
    personal data itself, and for the name of a victim of a restricted recovery.
    """
    wanted = tuple(dict.fromkeys(fields))
    for name in wanted:
        if name not in FIELDS:
            raise MisuseError(
                phrase(
                    "there is no field {name!r} to reveal; {fields}",
                    name=name,
                    fields=_fields_text(),
                )
            )
    if not wanted:
        raise MisuseError(phrase("name the fields to reveal: {fields}", fields=_fields_text()))
    why = checked_reason(reason)
    actor = acting.actor_in(Role.SUPERVISOR, Role.OFFICER)
    with acting.unit() as (unit, now):
        file = load_file(unit.session, recovery_id)
        of = subject_id or _only_subject(file)
        found = personal_fields(unit.session, unit.vault, file, of)
        if not found:
            raise MisuseError(
                phrase(
                    "{ref} has no claim or account {of!r}; {there}",
                    ref=file.recovery.ref,
                    of=of,
                    there=_there(file),
                )
            )
        missing = [name for name in wanted if name not in found]
        if missing:
            raise MisuseError(
                phrase(
                    "{of} has no field {missing!r}; it has: {found}",
                    of=of,
                    missing=missing[0],
                    found=", ".join(found),
                )
            )
        if not _HOLDERS.isdisjoint(wanted):
            _refuse_restricted_holder(unit, file, of)
        refuse_personal(unit, file, why)
        told = Disclosed(DisclosureKind.REVEAL, ", ".join(wanted), of, why)
        note_disclosure(unit, actor, now, recovery_id, told)
    return {name: found[name] or "not known" for name in wanted}


def _refuse_restricted_holder(unit: Unit, file: CaseFile, of: str) -> None:
    """StepRefusedError where an account is a victim's own in a recovery that one does not see.

    The account's name is stored once, and came from there: whoever knows the number would only have
    to report a payment to it.
    """
    accounts = {a.account_id for a in file.assets if a.id == of}
    accounts |= {c.payout_account_id for c in file.claims if c.id == of and c.payout_account_id}
    accounts -= {c.victim_account_id for c in file.claims}
    hits = hits_of(unit.session, accounts, "") if accounts else ()
    ask = {h.owner for h in hits if h.is_restricted and h.what is Match.VICTIM}
    if ask:
        raise StepRefusedError(
            phrase(
                "the account is a victim's own in a restricted recovery: ask {ask} for its holder",
                ask=", ".join(sorted(ask)),
            )
        )


def note_files(
    acting: ActingOfficer,
    recovery_id: str,
    kind: DisclosureKind,
    what: str,
    files: Mapping[str, bytes],
) -> None:
    """Record that somebody has files made of a recovery, before the first of them is written."""
    if files:
        actor = acting.actor_in(Role.OFFICER, Role.SUPERVISOR)
        name = digest({name: digest_bytes(raw) for name, raw in files.items()})
        with acting.unit() as (unit, now):
            told = Disclosed(kind, what[:_WHAT_LENGTH_MAX], digest=name)
            note_disclosure(unit, actor, now, recovery_id, told)


def note_found_by_name(
    acting: ActingOfficer, found: Mapping[str, Sequence[str]], text: str
) -> None:
    """Record of each recovery that somebody found it by a name, and by whose; not by which name.

    A name can be guessed letter by letter: so each try that finds something stands in the history.
    """
    actor = acting.actor_in(Role.OFFICER, Role.SUPERVISOR)
    with acting.unit() as (unit, now):
        for recovery_id, ways in found.items():
            told = Disclosed(
                DisclosureKind.FOUND_BY_NAME, ", ".join(ways), digest=unit.vault.fingerprint(text)
            )
            note_disclosure(unit, actor, now, recovery_id, told)


def checked_reason(reason: str) -> str:
    """The reason on one line; MisuseError where it is empty, too long or steers a terminal."""
    why = " ".join(reason.split())
    if not _REASON_LENGTH_MIN <= len(why) <= _REASON_LENGTH_MAX:
        raise MisuseError(
            phrase(
                "a reason of {least} to {most} characters is "
                "needed: whoever reads the log of looks will ask for it",
                least=_REASON_LENGTH_MIN,
                most=_REASON_LENGTH_MAX,
            )
        )
    if steers_or_hides(undirected(why)):
        raise MisuseError(phrase("the reason holds control characters"))
    return why


def refuse_personal(unit: Unit, file: CaseFile, reason: str) -> None:
    """Refuse a reason that holds personal data: it is read by others than the data."""
    found: tuple[Found, ...] = personal_data(reason, known_data(unit.session, unit.vault, file))
    if found:
        raise StepRefusedError(
            phrase(
                "the reason holds a {kind}, and it is shown in the log of looks: leave it out",
                kind=found[0].kind,
            )
        )


def _only_subject(file: CaseFile) -> str:
    if len(file.claims) == 1:
        return file.claims[0].id
    raise MisuseError(
        phrase(
            "say whose data with --of, one victim or account a look; {there}", there=_there(file)
        )
    )


def _there(file: CaseFile) -> str:
    claims, accounts = len(file.claims), len(file.assets)
    first = [*(c.id for c in file.claims[:3]), *(a.id for a in file.assets[:3])]
    more = " …" if claims + accounts > len(first) else ""
    return phrase(
        "there are {claims} claims and {accounts} accounts: {named}",
        claims=claims, accounts=accounts, named=", ".join(first) + more,
    )  # fmt: skip


def _fields_text() -> str:
    return phrase(
        "a victim has {claim}; an account {account}",
        claim=", ".join(OF_CLAIM), account=", ".join(OF_ACCOUNT),
    )  # fmt: skip
