"""
The database's side: what is taken, and how it is acknowledged. Each call is a transaction of its own, so that nothing is
held while the other side is slow: a worker's right to an item is its lease, a row, and no lock.
"""

import json
import time

import psycopg
from psycopg.rows import dict_row

RECONNECT_SECONDS = 1


class Database:
    """One connection, made again when it is lost. Where it leads, psycopg finds in the environment (PGHOST and its kin)."""

    def __init__(self, conninfo, stopping):
        self.conninfo = conninfo
        self.stopping = stopping
        self.connection = None

    def rows(self, statement, *values):
        """Runs a statement once and answers its rows."""
        if self.connection is None:
            # Nothing is prepared by name: behind a pooler the next statement may run in another session.
            self.connection = psycopg.connect(self.conninfo, autocommit=True, row_factory=dict_row,
                                              prepare_threshold=None, application_name="loyalty gateway")
        try:
            return self.connection.execute(statement, values).fetchall()
        except psycopg.OperationalError:
            self.close()
            raise

    def answer(self, statement, *values):
        """
        Answers the one value of a statement that may run again: after a lost connection it does, until it is answered or
        the worker ends.
        """
        while True:
            try:
                return next(iter(self.rows(statement, *values)[0].values()))
            except psycopg.OperationalError:
                if self.stopping.wait(RECONNECT_SECONDS):
                    raise

    def close(self):
        """Closes the connection, if there is one."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()


class Item:
    """A message or an event that was taken, with the lease that was given for it."""

    def __init__(self, source, row, until):
        self.source = source
        self.row = row
        self.until = until

    @property
    def seconds_left(self):
        """For how long nobody else gets it, at least: counted from before the database was asked."""
        return self.until - time.monotonic()

    @property
    def id(self):
        """Its id in the database."""
        return self.row[self.source.id_column]

    @property
    def reference(self):
        """By which the other side knows it: the same at every attempt, and no other item of the database has it."""
        return str(self.id)

    @property
    def payload(self):
        """An event's document, as it was signed."""
        return self.row["payload"]

    def headers(self):
        """The headers of a webhook."""
        headers = {
            "content-type": "application/json",
            "webhook-id": str(self.id),
            "webhook-timestamp": str(self.row["webhook_timestamp"]),
        }
        if self.row["signature"]:
            headers["webhook-signature"] = self.row["signature"]
        return headers

    def as_line(self):
        """What a file says of it."""
        line = {"reference": self.reference}
        if "payload" in self.row:
            line |= {"payload": json.loads(self.row["payload"])}
            return line
        for column in ("channel", "address", "sender", "bsp_account", "subject", "body", "html", "external_template_id", "header_id",
                       "variables", "components"):
            if self.row.get(column) is not None:
                line[column] = self.row[column]
        return line


class Source:
    """What messages and events share."""

    def extended(self, item, statement, *values):
        """Asks for the time of another lease; false: it is somebody else's by now."""
        until = time.monotonic() + self.options.lease
        if self.database.answer(statement, self.org, *values, item.row["lease_no"], self.options.lease) is None:
            return False
        item.until = until
        return True


class Messages(Source):
    """Messages of one channel."""

    id_column = "message_id"
    words = {"delivered": "sent"}

    def __init__(self, database, org, channel, options):
        self.database, self.org, self.channel, self.options = database, org, channel, options
        self.name = channel

    def take(self, quantity):
        """Takes those that are due, each for the time of a lease."""
        until = time.monotonic() + self.options.lease
        rows = self.database.rows(
            "SELECT * FROM loyalty.take_messages(%s, %s, quantity => %s, lease_seconds => %s)",
            self.org, self.channel, quantity, self.options.lease)
        return [Item(self, row | {"channel": self.channel}, until) for row in rows]

    def extend(self, item):
        """Keeps it for the time of another lease, if it may."""
        return self.extended(item, "SELECT loyalty.extend_lease(%s, %s, %s, %s, %s)", item.row["customer_id"], item.id)

    def acknowledge(self, item, outcome):
        """Tells what became of it."""
        return self.database.answer(
            "SELECT loyalty.acknowledge_message(%s, %s, %s, %s, %s, provider_message_id => %s, error_code => %s)",
            self.org, item.row["customer_id"], item.id, item.row["lease_no"], self.words.get(outcome.word, outcome.word),
            outcome.provider_message_id, outcome.error_code)


class Events(Source):
    """Events of one subscriber: of each customer one at a time, in order."""

    id_column = "event_id"

    def __init__(self, database, org, subscriber, options):
        self.database, self.org, self.subscriber, self.options = database, org, subscriber, options
        self.name = f"events of {subscriber}"

    def endpoint(self):
        """Where the subscriber is registered to be told: a URL alone, or who registers it could name files of this machine."""
        rows = self.database.rows("SELECT endpoint FROM loyalty.event_subscribers WHERE org = %s AND subscriber = %s",
                                  self.org, self.subscriber)
        if not rows or not (rows[0]["endpoint"] or "").startswith(("http:", "https:")):
            raise ValueError("the subscriber is unknown, or has no endpoint: name a target")
        return rows[0]["endpoint"]

    def take(self, quantity):
        """
        Takes the next one of each of some customers, and no more than one lease has time for: each that is taken has used up
        an attempt, whether anybody heard of it or not.
        """
        until = time.monotonic() + self.options.lease
        rows = self.database.rows(
            "SELECT * FROM loyalty.take_events(%s, %s, quantity => %s, lease_seconds => %s)",
            self.org, self.subscriber, min(quantity, max(1, int(self.options.lease // self.options.timeout))), self.options.lease)
        return [Item(self, row, until) for row in rows]

    def extend(self, item):
        """Keeps it for the time of another lease, if it may."""
        return self.extended(item, "SELECT loyalty.extend_event_lease(%s, %s, %s, %s, %s, %s)", self.subscriber,
                             item.row["customer_id"], item.id)

    def acknowledge(self, item, outcome):
        """Tells what became of it."""
        return self.database.answer(
            "SELECT loyalty.acknowledge_event(%s, %s, %s, %s, %s, %s)",
            self.org, self.subscriber, item.row["customer_id"], item.id, item.row["lease_no"], outcome.word)
