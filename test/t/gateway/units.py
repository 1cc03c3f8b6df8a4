#!/usr/bin/python3
"""
Tests of examples/gateway that need no server of PostgreSQL: e-mails, targets, options. test/t/190_gateway.pl runs them.

    units.py                       as any program of unittest
"""

import base64
import importlib.machinery
import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import types
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GATEWAY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../examples/gateway")
sys.dont_write_bytecode = True
sys.path.insert(0, GATEWAY)

import mail  # pylint: disable=wrong-import-position
import sources  # pylint: disable=wrong-import-position
import targets  # pylint: disable=wrong-import-position


def program():
    """The program itself, whose file has no ending."""
    loader = importlib.machinery.SourceFileLoader("gateway", os.path.join(GATEWAY, "gateway"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("gateway", loader))
    loader.exec_module(module)
    return module


gateway = program()

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
OPTIONS = types.SimpleNamespace(timeout=0.5, longest=2, lease=60, mail_from="shop@example.com", domain="example.com", smtp_user=None)


def url(scheme, rest):
    """A URL of this test."""
    return f"{scheme}://{rest}"


def message(**given):
    """A row as take_messages answers it."""
    return {"message_id": 7, "customer_id": 1, "lease_no": 1, "attempt": 1, "address": "ann@example.com", "subject": "Hello",
            "body": "text", "html": None, "attachments": None, **given}


def event(**given):
    """An event that was taken."""
    source = sources.Events(None, "acme", "crm", OPTIONS)
    return sources.Item(source, {"event_id": 101, "payload": '{"event_id": 101}', "webhook_timestamp": 1643914800,
                                 "signature": "v1,x", **given}, time.monotonic() + OPTIONS.lease)


class Mails(unittest.TestCase):
    """What an e-mail is made of."""

    def test_text_alone(self):
        """A text is the whole of it."""
        built = mail.build(message(), "7", "shop@example.com", "example.com")
        self.assertEqual(built.get_content_type(), "text/plain")
        self.assertEqual((built["Message-ID"], built["X-Client-Reference"]), ("<7@example.com>", "7"))

    def test_all_parts(self):
        """Image inside the HTML, HTML beside the text, file behind both."""
        built = mail.build(message(html="<img src='cid:logo'>", body="ü" * 2000, attachments=[
            {"file_name": "logo.png", "file_type": "png", "file_data": PNG, "content_id": "logo"},
            {"file_name": "terms.txt", "file_type": "txt", "file_data": base64.b64encode(b"Hello").decode()}]),
                           "7", "shop@example.com", "example.com")
        self.assertEqual([part.get_content_type() for part in built.walk()],
                         ["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
                          "text/plain"])
        self.assertEqual([part["Content-ID"] for part in built.walk() if part["Content-ID"]], ["<logo>"])
        self.assertLess(max(map(len, built.as_bytes().splitlines())), 999)

    def test_hostile(self):
        """No header gets a second line, and what cannot be an e-mail is told apart."""
        for given in ({"subject": "a\r\nBcc: all@example.com"}, {"address": "a@example.com\nBcc: b@example.com"},
                      {"attachments": [{"file_name": "a", "file_type": "png", "file_data": "*"}]}, {"attachments": [{}]}):
            with self.subTest(given=given):
                with self.assertRaises(mail.Unbuildable) as caught:
                    mail.build(message(**given), "7", "shop@example.com", "example.com")
                self.assertNotIn("@", str(caught.exception))

    def test_odd_file_names(self):
        """A file name is quoted, whatever is in it."""
        built = mail.build(message(attachments=[{"file_name": 'ü";x.png', "file_type": "png", "file_data": PNG}]), "7",
                           "shop@example.com", "example.com")
        self.assertEqual(list(built.iter_attachments())[0].get_filename(), 'ü";x.png')


class Files(unittest.TestCase):
    """Lines of a file."""

    def test_torn_line(self):
        """What a crash left is ended, and the next line stands alone."""
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "events")
            with open(path, "w", encoding="utf-8") as file:
                file.write('{"reference": "9')
            target = targets.FileTarget(path)
            self.assertEqual(target.deliver(event()).word, "delivered")
            target.close()
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), '{"reference": "9\n{"reference": "101", "payload": {"event_id": 101}}\n')

    def test_mode(self):
        """Nobody else reads what is in it."""
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "events")
            targets.FileTarget(path).close()
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

    def test_full_disk(self):
        """A disk that is full is asked again later."""
        self.assertEqual(targets.FileTarget("/dev/full").deliver(event()).word, "retry")


class Hooks(BaseHTTPRequestHandler):
    """Answers what the path says."""

    def do_POST(self):  # pylint: disable=invalid-name
        """/NUMBER is a status; /drip sends a byte each while."""
        if self.path == "/drip":
            for _ in range(50):
                try:
                    self.wfile.write(b"H")
                except OSError:
                    return
                time.sleep(0.1)
            return
        self.send_response(int(self.path[1:]))
        self.send_header("location", "/204")
        self.end_headers()

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        """Says nothing."""


class Webhooks(unittest.TestCase):
    """Outcomes of requests."""

    def setUp(self):
        self.web = ThreadingHTTPServer(("127.0.0.1", 0), Hooks)
        self.web.daemon_threads = True
        threading.Thread(target=self.web.serve_forever, daemon=True).start()

    def tearDown(self):
        self.web.shutdown()
        self.web.server_close()

    def outcome(self, path):
        """Posts one event there."""
        return targets.target_of(url("http", f"127.0.0.1:{self.web.server_port}{path}"), OPTIONS, True).deliver(event())

    def test_statuses(self):
        """2xx is delivered, 410 is for ever, all else is tried again; nothing is followed."""
        self.assertEqual({code: self.outcome(f"/{code}").word for code in (200, 204, 301, 400, 404, 410, 429, 500)},
                         {200: "delivered", 204: "delivered", 301: "retry", 400: "retry", 404: "retry", 410: "failed", 429: "retry",
                          500: "retry"})

    def test_slow(self):
        """Who sends a byte now and then has no more time than who sends none."""
        began = time.monotonic()
        self.assertEqual(self.outcome("/drip").word, "retry")
        self.assertLess(time.monotonic() - began, 2)

    def test_nobody(self):
        """Nobody listens, or hears without an answer."""
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            silent = url("http", f"127.0.0.1:{bound.getsockname()[1]}/")
            self.assertEqual(targets.target_of(silent, OPTIONS, True).deliver(event()).word, "retry")
            bound.listen()
            self.assertEqual(targets.target_of(silent, OPTIONS, True).deliver(event()).word, "retry")

    def test_headers(self):
        """Standard Webhooks' three; an endpoint without a secret has no signature."""
        self.assertEqual(event().headers(), {"content-type": "application/json", "webhook-id": "101",
                                             "webhook-timestamp": "1643914800", "webhook-signature": "v1,x"})
        self.assertNotIn("webhook-signature", event(signature=None).headers())


class Dripping:
    """A mail server that answers at once, but never ends what it answers to a mail."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        """Talks to one client."""
        client, _ = self.listening.accept()
        self.listening.close()
        with client, client.makefile("rb") as lines:
            self.talk(client, lines)

    def talk(self, client, lines):
        """Says one line after the other, as long as it is heard."""
        client.sendall(b"220 drip\r\n")
        try:
            for line in lines:
                if line.lower().startswith(b"mail"):
                    while True:
                        client.sendall(b"250-x\r\n")
                        time.sleep(0.1)
                client.sendall(b"250 ok\r\n")
        except OSError:
            pass


class Letters(unittest.TestCase):
    """Outcomes of mails that no server of this test takes."""

    def outcome(self, port, **given):
        """Sends a mail there."""
        item = sources.Item(sources.Messages(None, "acme", "email", OPTIONS), message(**given), time.monotonic() + 60)
        return targets.target_of(url("smtp", f"127.0.0.1:{port}"), OPTIONS, False).deliver(item)

    def test_unbuildable(self):
        """What can never be a mail has a code, which the database keeps."""
        outcome = self.outcome(1, subject="a\r\nb")
        self.assertEqual((outcome.word, outcome.error_code), ("failed", "unbuildable-ValueError"))

    def test_nobody(self):
        """Nobody listens."""
        self.assertEqual(self.outcome(1).word, "retry")

    def test_dripping(self):
        """A server that is never done is left when the longest time is over."""
        began = time.monotonic()
        self.assertEqual(self.outcome(Dripping().port).word, "retry")
        self.assertTrue(1.5 < time.monotonic() - began < 4)


class Source:
    """A source of items whose leases can be lost."""

    name, can_extend = "test", True

    def __init__(self, leases):
        self.leases, self.said = leases, []

    def extend(self, item):
        """Extends as often as it has leases left."""
        self.leases -= 1
        item.until = time.monotonic() + 0.4
        return self.leases >= 0

    def acknowledge(self, item, outcome):
        """Notes it."""
        self.said.append((outcome.word, outcome.error_code))
        return "acknowledged"


class Slow:
    """A target that takes its time, or breaks."""

    def __init__(self, seconds):
        self.seconds = seconds

    def deliver(self, item):
        """Takes it."""
        if self.seconds is None:
            raise ZeroDivisionError(item.row["address"])
        time.sleep(self.seconds)
        return targets.delivered()

    def close(self):
        """Has nothing open."""


class Workers(unittest.TestCase):
    """What a worker does with one item."""

    def handle(self, seconds, leases, left=0.4):
        """Handles an item whose lease is of 0.4 seconds; answers what was said and how many leases are left."""
        source = Source(leases)
        source.database = None
        options = types.SimpleNamespace(lease=0.4, timeout=0.1)
        source.id_column = "message_id"
        worker = gateway.Worker(source, Slow(seconds), options, threading.Event())
        worker.handle(sources.Item(source, message(), time.monotonic() + left))
        return source.said, source.leases

    def test_slow(self):
        """The lease is kept as long as a delivery takes, and no longer."""
        said, leases = self.handle(1.1, 10)
        self.assertEqual(said, [("delivered", None)])
        self.assertTrue(3 <= 10 - leases <= 7)
        self.assertEqual(self.handle(0, 10), ([("delivered", None)], 10))

    def test_late(self):
        """One that waited behind others is asked for first, and left where it is somebody else's."""
        self.assertEqual(self.handle(0, 10, left=0.1), ([("delivered", None)], 9))
        self.assertEqual(self.handle(0, 0, left=0.1)[0], [])

    def test_broken(self):
        """What this program fails at is tried again, and names nobody."""
        with self.assertLogs("gateway", "ERROR") as logged:
            self.assertEqual(self.handle(None, 10)[0], [("retry", "ZeroDivisionError")])
        self.assertNotIn("@", logged.output[0])


class Options(unittest.TestCase):
    """The command line."""

    def test_refused(self):
        """Says what is wrong, and does nothing."""
        for given in ([], ["--messages", "email"], ["--messages", "email=" + url("http", "a")], ["--events", "crm=smtp://a"],
                      ["--events", "crm=https:/a"], ["--events", "crm=file:/no/such/folder/a"],
                      ["--messages", "email=file:/no/such/folder/a", "--mail-from", "nobody"]):
            run = subprocess.run([sys.executable, os.path.join(GATEWAY, "gateway"), "--org", "acme", *given], capture_output=True,
                                 check=False, timeout=20)
            with self.subTest(given=given):
                self.assertNotEqual(run.returncode, 0)
                self.assertNotIn(b"Traceback", run.stderr)


if __name__ == "__main__":
    unittest.main()
