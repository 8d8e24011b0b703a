"""What a person reads of a file that is being made: one message, whose newer states take its place.

It says how far the file is, in the end it brings it, or says that it does not come.
"""

from collections.abc import Sequence

from bot import posting
from bot.exporting import Delivered, Wanted
from bot.i18n import Localizer
from bot.markup import escape
from bot.messages import Address, Button, FileRef, Reply
from bot.posting import Draft, Place
from store.exports import Job
from store.outbox import Grant, Recipient
from store.writer import Work

_NOT_YET = 99  # percent: all calls are written, but the file is not here


def percent(job: Job, rows: int) -> int:
    return min(_NOT_YET, 100 * rows // max(job.rows_expected, 1))


def progress(job: Job, rows: int) -> Reply:
    loc = Localizer(job.language)
    return Reply(
        text=loc.text(
            "I am preparing your file: {percent} ({rows} of {count} calls).",
            percent=loc.percent(percent(job, rows)),
            rows=loc.number(rows),
            count=loc.number(job.rows_expected),
        )
    )


def ready(job: Job, files: Sequence[FileRef]) -> Reply:
    loc = Localizer(job.language)
    given = Delivered.of(files, loc)
    heading = escape(Wanted.from_json(job.what).file.heading)
    return Reply(
        title=loc.text("Your file is ready"),
        text="\n\n".join([heading, *given.notes]),
        files=given.files,
    )


def sorry(job: Job) -> Reply:
    loc = Localizer(job.language)
    return Reply(
        text=loc.text(
            "Sorry, I could not make your file: something went wrong on our side. Please ask for "
            "it again; if it happens again, a person can help you."
        ),
        buttons=(Button(loc.text("Talk to a person"), action="handoff"),),
    )


def ended(job: Job) -> Reply:
    """Say that the link or the role is gone; nothing of the account, who reads it may not see."""
    loc = Localizer(job.language)
    return Reply(
        text=loc.text(
            "I stopped preparing your file: you are not signed in any more, or your user may not "
            "see the account's figures now."
        )
    )


def post(work: Work, job: Job, reply: Reply, *, granted: bool = True) -> int:
    """Write a state of the message; gives its id. Not `granted`: it says nothing of the account."""
    place = Place(
        to=Recipient(
            platform=job.person.platform,
            conversation_id=job.conversation_id,
            chat_identity_id=job.person.id,
            pulled=job.pulled,
        ),
        address=Address(
            platform=job.person.platform,
            workspace=job.person.workspace,
            room=job.room,
            thread=job.thread,
            user=job.person.user,
        ),
        one_to_one=job.one_to_one,
    )
    grant = Grant(portal_user_id=job.portal_user_id, account_id=job.account_id)
    draft = Draft(
        place=place,
        reply=reply,
        language=job.language,
        private=True,
        grant=grant if granted else None,
        edits_id=job.outbox_id,
    )
    # The answer that announced it has left its hint in the room already.
    (posted,) = posting.post(work, draft, hinted=False)
    return posted.added.id
