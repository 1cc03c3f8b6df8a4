#!/usr/bin/python3
"""
Makes calls that are refused, as a gateway makes them: what providers and people wrote comes as parameters. Prints all that the
server says of each: test/t/190_gateway.pl looks for addresses and texts in it, and in the server's log.

    refused.py                     on the server that libpq finds
"""

import psycopg

PERSON = "+919812398123 secret person@example.com"
MOBILE = "+919812398123"
CALLS = (
    ("record_delivery(%s, NULL, %s, %s)", ("acme", PERSON, PERSON)),
    ("record_delivery(%s, 'none', %s, 'sent')", ("acme", PERSON)),
    ("record_delivery(%s, NULL, %s, 'sent', %s)", ("acme", "x" * 300, PERSON)),
    ("record_delivery(%s, NULL, %s, 'sent', %s)", ("acme", "x", PERSON * 10)),
    ("record_inbound(%s, 'mobile', %s, %s)", ("acme", PERSON, PERSON)),
    ("record_inbound(%s, 'email', %s, %s)", ("acme", PERSON, PERSON)),
    ("record_inbound(%s, 'mobile', %s, %s)", ("acme", MOBILE, PERSON * 10000)),
    ("record_inbound(%s, %s, %s, 'x')", ("acme", PERSON, MOBILE)),
    ("record_inbound(%s, 'mobile', %s, 'x', sender => %s)", ("acme", MOBILE, PERSON + "\u200b")),
    ("record_inbound(%s, 'mobile', %s, %s, received_at => 'infinity')", ("acme", MOBILE, PERSON)),
    ("record_inbound(%s, 'mobile', %s, %s, idempotency_key => 'k')", ("acme", MOBILE, PERSON)),
    ("record_inbound(%s, 'mobile', %s, 'x', idempotency_key => 'k')", ("acme", MOBILE)),
    ("acknowledge_message(%s, 1, 1, 1, %s)", ("acme", PERSON)),
    ("acknowledge_message(%s, 1, 1, 1, 'failed', error_code => %s)", ("acme", PERSON)),
    ("acknowledge_message(%s, 1, 1, 1, 'sent', %s)", ("acme", PERSON * 10)),
    ("take_messages(%s, %s)", ("acme", PERSON)),
)

with psycopg.connect("", autocommit=True) as connection:
    for call, values in CALLS:
        try:
            connection.execute("SELECT loyalty." + call, values)
            print("fine")
        except psycopg.Error as error:
            said = error.diag
            print(error.sqlstate, *filter(None, (said.message_primary, said.message_detail, said.message_hint, said.context)), sep=" | ")
