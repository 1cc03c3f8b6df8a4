"""A message as an e-mail: text and HTML, images in the HTML by content id, files. Headers refuse line ends by themselves."""

import base64
import mimetypes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from datetime import datetime, timezone


class Unbuildable(Exception):
    """No e-mail can be made of a message, and never will be."""


def type_of(file_type):
    """The MIME type of a file by its ending: 'png' is image/png. Unknown ones are bytes."""
    guessed, _ = mimetypes.guess_type("file." + file_type)
    main, _, sub = (guessed or "application/octet-stream").partition("/")
    return main, sub


def attach(mail, html, attachment):
    """Adds a file: beside the HTML if that names it by a content id, else behind everything."""
    content = base64.b64decode(attachment["file_data"].replace("\n", ""), validate=True)
    main, sub = type_of(attachment["file_type"])
    content_id = attachment.get("content_id")
    if html is not None and content_id:
        html.add_related(content, main, sub, cid=f"<{content_id}>", filename=attachment["file_name"], disposition="inline")
    else:
        mail.add_attachment(content, main, sub, filename=attachment["file_name"])


def build(message, reference, mail_from, domain):
    """
    Makes the e-mail of a message. The reference is the same at every attempt, and so is the Message-ID: who gets a message
    twice can tell.
    """
    try:
        mail = EmailMessage(policy=SMTP.clone(utf8=False))
        mail["From"] = mail_from
        mail["To"] = message["address"]
        mail["Subject"] = message["subject"] or ""
        mail["Date"] = format_datetime(datetime.now(timezone.utc))
        mail["Message-ID"] = f"<{reference}@{domain}>"
        mail["X-Client-Reference"] = reference
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message["body"] or "", charset="utf-8", cte="quoted-printable")
        html = None
        if message["html"]:
            mail.add_alternative(message["html"], subtype="html", charset="utf-8", cte="quoted-printable")
            html = mail.get_payload()[-1]
        for attachment in message["attachments"] or []:
            attach(mail, html, attachment)
        mail.as_bytes()
        return mail
    except (ValueError, KeyError, TypeError, UnicodeError, LookupError) as error:
        raise Unbuildable(type(error).__name__) from None
