"""What one contact may cost us, in one table, each with its reason.

A contact is trusted with being talked to, not with our disk, memory and attention.  Whoever goes beyond is not refused
but read more slowly: what we do not take in stays, unacknowledged, in the outbox of whoever sent it.  So an honest
contact that has much to say loses nothing but time.
"""

MESSAGE_BURST = 100_000
"""Envelopes of one contact taken as fast as they come: a whole outbox, as large as the automation contract promises,
after weeks apart."""

MESSAGES_PER_MINUTE = 30_000
"""After that: many times what a person, or a bot that a person can follow, writes; each is also told to the user."""

FREE_MISSING = 16
"""Missing envelopes that the next one may jump over for nothing; 25 µs.  More cost as much as if they had come, and are
paid for before: a jump over 25,000 takes 20 to 100 ms, shows a forged body only then, and can be made again and again.
"""

MISSING_IN_DEBT = 256
"""Jumped over for a contact that has used up its messages: whoever lost a link at a bad time can still be read."""

UNOPENED_MESSAGES = 4
"""What an envelope that does not open costs besides itself: it is tried with the keys of 64 chains of 4 sessions."""

BYTE_BURST = 512 << 20
"""Bytes of envelopes of one contact taken as fast as they come: the whole outbox, of texts of a page each."""

BYTES_PER_DAY = 512 << 20
"""After that, so that no day costs more than 1 GiB of traffic and disk."""

MAX_STORED_BYTES = 8 << 30
"""What one contact's messages may come to on our disk in all.  Beyond it nothing is taken from it any more, and the
doctor says so; a person does not write as much in a life."""

STORED_MESSAGE_BYTES = 400
"""What a message costs on the disk beside its text: the row, its indices, its words in the search."""

STORED_ENVELOPE_BYTES = 100
"""What any envelope costs: its id is remembered for two months, so that a repeat is known."""

RESUMED_MESSAGES = 500
"""A contact that used up its messages is read again when it may send so many: a second's worth, not one by one."""

RESUMED_BYTES = 256 << 10
"""The same for its bytes: 40 seconds' worth, and room for the largest text."""

MAX_GO_BETWEENS = 4
"""Contacts who are asked to pass one signal on, drawn anew for each: most will know whom it is for, if any does, and
each learns that we look for somebody."""

PASSING_BURST = 6.0
"""Signals at once, in each of the following: a ring, an offer and its repetitions, or a few of both after a change of
network."""

PASSES_ASKED_PER_MINUTE = 4.0
"""Signals for one contact that we have passed on: an attempt by ICE takes 15 s."""

PASSES_PER_MINUTE = 10.0
"""Signals that we pass on for one contact, each an envelope and a commit: it may look for several at once.  What goes
beyond, or is for nobody here, costs its opening and nothing else."""

TAKEN_PER_MINUTE = 10.0
"""Signals that one contact brings us, and as many as we bring it; each is tried with the keys of all who are missing
(``net.limits``)."""

MAX_WAITING_TO_PASS = 4
PASSING_PATIENCE_S = 60.0
"""Signals of one contact for another that wait while more are asked for than that one takes of us; an offer is worth
nothing after a minute."""

MAX_QUEUED_OF_CONTACT = 4_096
"""Events of one contact that wait to be taken in: twice what an honest outbox has on its way, and a fifth of the whole
queue, so that a flood neither closes it to others nor makes them wait for more than a few commits."""

MAX_QUEUED_BYTES_OF_CONTACT = 8 << 20
"""The same for their size; eight such contacts fit into the whole queue."""
