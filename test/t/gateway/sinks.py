#!/usr/bin/python3
"""
Where test/t/190_gateway.pl lets messages and events go: a mail server and an HTTP server on the loopback, at ports that the
system chooses. What came is written to files, one JSON a line, before it is answered.

    sinks.py DIRECTORY SECRET      writes DIRECTORY/ports, then mails and events; ends with its standard input
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.smtp import SMTP

DIRECTORY, SECRET = sys.argv[1], base64.b64decode(sys.argv[2].removeprefix("whsec_"))
LOCK = threading.Lock()
SLOW = 5  # seconds: more than two leases
THINKS = 0.02  # seconds between what it has and what it answers, in which a worker may die


def note(name, **what):
    """Appends a line to a file."""
    with LOCK, open(os.path.join(DIRECTORY, name), "a", encoding="utf-8") as file:
        file.write(json.dumps(what) + "\n")


class Mails:
    """
    Takes every mail but one to refuse@, for ever, and the first to busy@, for now. One to slow@ takes its time; at one to
    poison@ no worker survives.
    """

    busy = 1

    async def handle_RCPT(self, server, session, envelope, address, options):  # pylint: disable=invalid-name
        """Looks whom it is for."""
        if address.startswith("refuse@"):
            return "550 5.1.1 no such user " + address
        if address.startswith("busy@") and self.busy > 0:
            self.busy -= 1
            return "451 4.3.0 later"
        if address.startswith("poison@"):
            note("poison", reference="?")
            await asyncio.sleep(30)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # pylint: disable=invalid-name
        """Notes the mail with its parts."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        note("mails", to=envelope.rcpt_tos[0], id=mail["Message-ID"], reference=mail["X-Client-Reference"],
             subject=mail["Subject"], parts=[[part.get_content_type(), part["Content-ID"], part.get_filename()]
                                             for part in mail.walk()],
             text=mail.get_body(("plain",)).get_content().strip())
        await asyncio.sleep(SLOW if envelope.rcpt_tos[0].startswith("slow@") else THINKS)
        return "250 OK"


class Hooks(BaseHTTPRequestHandler):
    """Notes events with whether their signature is right; /never does not answer."""

    def do_POST(self):  # pylint: disable=invalid-name
        """Takes one event."""
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/never":
            note("never", id=self.headers["webhook-id"])
            time.sleep(30)
            return
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        wanted = "v1," + base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
        good = wanted in (self.headers["webhook-signature"] or "").split(" ")
        fresh = abs(time.time() - int(self.headers["webhook-timestamp"])) < 300
        document = json.loads(body)
        note("events", id=self.headers["webhook-id"], good=good, fresh=fresh, event=document.get("event_name"),
             customer=document.get("customer_id"), agrees=str(document.get("event_id")) == self.headers["webhook-id"])
        time.sleep(THINKS)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        """Says nothing."""


def main():
    """Serves until nobody reads any more."""
    web = ThreadingHTTPServer(("127.0.0.1", 0), Hooks)
    web.daemon_threads = True
    threading.Thread(target=web.serve_forever, daemon=True).start()
    asyncio.run(serve_mails(web.server_port))


async def serve_mails(web_port):
    """Takes mails until nobody reads any more what the servers say."""
    handler = Mails()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="127.0.0.1"), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with open(os.path.join(DIRECTORY, "ports.new"), "w", encoding="utf-8") as file:
        file.write(f"{port} {web_port}\n")
    os.rename(os.path.join(DIRECTORY, "ports.new"), os.path.join(DIRECTORY, "ports"))
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


main()
