"""
Where messages and events go. A target has deliver(item), which answers an Outcome and raises nothing that the other side
could provoke, and close().
"""

import http.client
import json
import os
import smtplib
import socket
import ssl
import threading
from urllib.parse import unquote, urlsplit

import mail
from outcome import delivered, failed, retry

NETWORK_FAILS = (OSError, http.client.HTTPException, smtplib.SMTPException, ssl.SSLError)
GONE = 410


def hang_up(connected):
    """Ends a connection under whoever reads from it."""
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


class FileTarget:
    """
    Appends one line of JSON for each item and flushes it to the disk before it is acknowledged. What a crash left of a
    line is ended by the next start: readers skip a line that is no JSON.
    """

    def __init__(self, path):
        self.descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.is_torn = True

    def end_line(self):
        """Ends a line that was not written to its end."""
        size = os.fstat(self.descriptor).st_size
        if size > 0 and os.pread(self.descriptor, 1, size - 1) != b"\n":
            os.write(self.descriptor, b"\n")
        self.is_torn = False

    def deliver(self, item):
        """Writes the line; a full disk may have room again later."""
        line = (json.dumps(item.as_line(), ensure_ascii=False) + "\n").encode()
        try:
            if self.is_torn:
                self.end_line()
            self.is_torn = True
            while line:
                line = line[os.write(self.descriptor, line):]
            self.is_torn = False
            os.fsync(self.descriptor)
        except OSError as error:
            return retry(type(error).__name__)
        return delivered(item.reference)

    def close(self):
        """Closes the file."""
        os.close(self.descriptor)


class SmtpTarget:
    """Hands e-mails to a mail server: smtp://HOST:PORT, smtps:// for TLS at once, smtp+tls:// for STARTTLS."""

    def __init__(self, url, options):
        self.scheme, self.host, self.port = url.scheme, url.hostname, url.port or (465 if url.scheme == "smtps" else 25)
        self.options = options
        self.server = None

    def is_open(self):
        """Asks the server whether it still knows us: it ends sessions in which nothing is said for long."""
        try:
            return self.server is not None and self.server.noop()[0] == 250
        except NETWORK_FAILS:
            return False

    def connect(self):
        """Opens a session, or goes on with the one that is open."""
        if self.is_open():
            return self.server
        self.close()
        timeout = self.options.timeout
        if self.scheme == "smtps":
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=timeout, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=timeout)
        if self.scheme == "smtp+tls":
            server.starttls(context=ssl.create_default_context())
        if self.options.smtp_user:
            server.login(self.options.smtp_user, self.options.smtp_password)
        self.server = server
        return server

    def deliver(self, item):
        """Sends one e-mail; answers in the 5xx are for ever, all else may change."""
        try:
            letter = mail.build(item.row, item.reference, self.options.mail_from, self.options.domain)
        except mail.Unbuildable as error:
            return failed(f"unbuildable-{error}")
        try:
            self.send(letter)
        except smtplib.SMTPRecipientsRefused as error:
            return self.refused(max(code for code, _ in error.recipients.values()))
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            return self.refused(error.smtp_code)
        except smtplib.SMTPNotSupportedError:
            return failed("SMTPNotSupportedError")
        except NETWORK_FAILS as error:
            self.close()
            return retry(type(error).__name__)
        return delivered(letter["Message-ID"])

    def send(self, letter):
        """Has a limit for the whole, too: a server may take its time for each of many answers."""
        server = self.connect()
        deadline = threading.Timer(self.options.longest, hang_up, [server.sock])
        deadline.start()
        try:
            server.send_message(letter)
        finally:
            deadline.cancel()

    def refused(self, code):
        """What the server's code means for the message."""
        self.close()
        return failed(str(code)) if 500 <= code < 600 else retry(str(code))

    def close(self):
        """Ends the session, politely if it can."""
        server, self.server = self.server, None
        if server is not None:
            try:
                server.quit()
            except NETWORK_FAILS:
                server.close()


class HttpTarget:
    """
    Posts events as Standard Webhooks ask: the payload byte for byte as it was signed. Whatever is not 2xx is tried again;
    410 says that nobody is there any more. Redirects are not followed.
    """

    def __init__(self, url, options):
        self.url = url
        self.timeout = options.timeout

    def post(self, item):
        """
        Answers the status of one request, on a connection of its own. The time is that of the whole: a socket's own counts
        from each byte to the next, and one byte at a time may take for ever.
        """
        kind = http.client.HTTPSConnection if self.url.scheme == "https" else http.client.HTTPConnection
        connection = kind(self.url.hostname, self.url.port, timeout=self.timeout)
        connection.connect()
        deadline = threading.Timer(self.timeout, hang_up, [connection.sock])
        deadline.start()
        try:
            path = (self.url.path or "/") + ("?" + self.url.query if self.url.query else "")
            connection.request("POST", path, item.payload.encode(), item.headers())
            return connection.getresponse().status
        finally:
            deadline.cancel()
            connection.close()

    def deliver(self, item):
        """Posts one event."""
        try:
            status = self.post(item)
        except socket.timeout:
            return retry("timeout")
        except NETWORK_FAILS as error:
            return retry(type(error).__name__)
        if 200 <= status < 300:
            return delivered()
        return failed(str(status)) if status == GONE else retry(str(status))

    def close(self):
        """Has nothing open."""


def target_of(text, options, events):
    """Makes the target that an option names: file:PATH, for messages SMTP, for events HTTP."""
    url = urlsplit(text)
    if url.scheme == "file":
        return FileTarget(unquote(url.path))
    if not events and url.scheme in ("smtp", "smtps", "smtp+tls") and url.hostname:
        return SmtpTarget(url, options)
    if events and url.scheme in ("http", "https") and url.hostname:
        return HttpTarget(url, options)
    raise ValueError(f"no target for {'events' if events else 'messages'}: {url.scheme or 'no scheme'}")
