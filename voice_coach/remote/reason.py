"""Why a connection failed, in the system's words; and who is told of it where nobody wants to know."""

import os


def reason_of(error: OSError | ValueError) -> str:
    """Return it without numbers and addresses: "Connection refused", "Name or service not known"."""
    if certificate := getattr(error, "verify_message", "") or getattr(error, "reason", ""):  # of an ssl.SSLError
        return f"certificate: {certificate}" if hasattr(error, "verify_message") else str(certificate)
    number = getattr(error, "errno", None)
    if number and number > 0:  # asyncio writes the address into the text, which stands before it already
        return os.strerror(number)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def silent(_sentence: str) -> None:
    """Tell nobody."""
