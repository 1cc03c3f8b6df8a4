"""What became of a delivery, in the words that acknowledge_message and acknowledge_event take."""

from dataclasses import dataclass

DELIVERED = "delivered"  # the other side has it
RETRY = "retry"          # not now: the server says when again, and when to give up
FAILED = "failed"        # never, however often it is tried


@dataclass(frozen=True)
class Outcome:
    """The outcome of one attempt. The error is a code, never a text of the other side, which may quote an address."""

    word: str
    error_code: str | None = None
    provider_message_id: str | None = None


def delivered(provider_message_id=None):
    """The other side has it, and knows it by that id."""
    return Outcome(DELIVERED, provider_message_id=provider_message_id)


def retry(error_code):
    """It may work later."""
    return Outcome(RETRY, error_code)


def failed(error_code):
    """It will never work."""
    return Outcome(FAILED, error_code)
