"""Which terms of a deal, or of a contact, one fact states."""

from enum import IntFlag


class Term(IntFlag):
    """A term of a deal; a fact's `terms` says which of its columns are stated."""

    NAME = 1
    CUSTOMER = 2
    OWNER = 4
    AMOUNT = 8
    EXPECTED_CLOSE = 16
    SOURCE = 32
    COMPETITOR = 64
    MEMBERS = 128
    OPENED = 256
    ARCHIVED = 512


class Trait(IntFlag):
    """A term of a contact; a fact's `terms` says which of its columns are stated."""

    NAME = 1
    COMPANY = 2
    TITLE = 4
    CAREER = 8
    NOTE = 16
    ADDED = 32
