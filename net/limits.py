"""Every limit of the network in one table, each with its reason (``docs/protocol.md`` section 4)."""

# --- Frames
MAX_FRAME_BYTES = 1 << 20
"""The sealed part of one frame: a link must not have to hold more than this of a peer before it can verify it."""

INITIAL_BUFFER_BYTES = 64 * 1024
"""Receive buffer of an open link: many envelopes a read; it shrinks to this when idle."""

BULK_BUFFER_BYTES = 256 * 1024
"""What it grows to for a larger frame, or to that frame's size: several frames a read while much is sent."""

MAX_SEND_BUFFER_BYTES = 4 << 20
"""Unsent bytes a link may hold, envelopes included; beyond it the outbox waits (the disk is the better queue)."""

RESUME_SEND_BYTES = 1 << 20
"""A refused sender is told to go on below this: late enough to batch, early enough that the link never runs dry."""

MAX_CONTROL_BACKLOG_BYTES = 1 << 20
"""Unsent bytes above ``MAX_SEND_BUFFER_BYTES`` before a link is cut: a peer who sends pings and reads no pongs."""

# --- Before anybody is authenticated
HANDSHAKE_TIMEOUT_S = 5.0
"""From the connection to the first verified frame: two round trips by satellite with a lost packet fit."""

MAX_UNAUTHENTICATED_BYTES = 4 * 1024
"""Read of a stranger at most; a first flight and the initiator's first frame are far smaller."""

MAX_UNAUTHENTICATED = 256
"""Connections of strangers at once, about 2 MB.  Beyond it the source with the most gives up its oldest, so that a
flood cannot lock friends out.  One source has no bound of its own: what is closed early shows what listens here."""

FAILED_HANDSHAKES_PER_MINUTE = 20
"""Of one source; beyond it first flights are not even looked at.  Successes cost nothing (NATs share addresses)."""

MAX_REMEMBERED_SOURCES = 4_096
"""Sources on record, about 1 MB; the longest unseen is forgotten first."""

SCANS_PER_SECOND = 50.0
"""Searches through all link keys, 5 ms each at 5,000 keys: a quarter of one core at worst.

A valid hint cannot be told from a false one before the search, so this is a token bucket over all sources:
idle seconds save up to ``SCAN_BURST`` for the moment when every contact comes back at once.
"""

SCAN_BURST = 250.0
"""Five seconds' worth."""

SCANS_PER_SECOND_OF_SOURCE = 25.0
"""Of those for one source, valid flights included: a contact who reconnects all the time leaves most for others."""

SCAN_BURST_OF_SOURCE = 125.0
"""Half of all: a hundred contacts behind one NAT may come at once."""

ANSWERS_PER_SECOND = 4.0
"""First flights of one contact that get an answer: each link that comes up costs a commit and is told to the user."""

ANSWER_BURST = 120.0
"""A contact whose network flaps, with eight dials each time."""

REMEMBERED_FLIGHTS = 4_096
"""Ephemeral keys of authentic first flights remembered a link key, to meet a replay with silence."""

MAX_LINKS_PER_PEER = 16
"""Links of one contact at once: two sides with eight addresses each."""

MAX_OBSERVATIONS_PER_LINK = 4
"""Words of a peer on where it sees us, which it says once: each has all of them compared again, and one that goes back
and forth would put our record off for ever."""

MAX_LINKS_PER_INVITE = 128
"""Links to one invite of ours at once: a hundred waiting newcomers and some that try twice."""

# --- Keeping a link
PING_IDLE_S = 15.0
"""Below the 30 s after which the shortest-lived NATs forget a mapping."""

PING_EXPECTING_S = 5.0
"""While a message waits for its acknowledgement a dead link must be noticed sooner: about 20 s."""

FIRST_PING_EXPECTING_S = 2.0
"""The first ping then: longer than an acknowledgement takes, so that it is rarely sent."""

SUSPECT_AFTER_S = 2.5
"""A ping that nothing has answered for so long is reason to look for another way: two round trips by satellite fit."""

PING_JITTER = 0.2
"""Intervals are shortened by up to this part, so that links and peers do not beat in step."""

MAX_UNANSWERED_PINGS = 3
"""After these the link is dead."""

REKEY_FRAMES = 1 << 30
"""Frames under one key, far below the cipher's limit (2⁶⁴ nonces)."""

REKEY_INTERVAL_S = 3600.0
"""One key an hour: what a stolen key opens stays small."""

CLOSE_TIMEOUT_S = 2.0
"""For the last bytes of a closed link to leave before the connection is cut."""

# --- ICE
MAX_CANDIDATES = 8
"""Addresses of one offer: as many as are dialled of one contact."""

MAX_HOST_CANDIDATES = 4
"""Of ours that are told: two networks with IPv4 and IPv6 each; virtual ones must not crowd out the rest."""

MAX_ICE_VISITORS = 8
"""Addresses that an offer did not name and checks come from: each gets checks of ours, so a peer that fakes its
source must not aim them at many."""

MAX_STUN_SERVERS = 2
"""Asked in one attempt: the second for when the first is away."""

MAX_RELAYS_TRIED = 4
"""Of the TURN servers in the settings, in one attempt."""

MAX_ICE_ATTEMPTS = 16
"""Under way at once: each holds some ports, and a port of a relay."""

ICE_OFFERS_PER_SECOND = 0.1
ICE_OFFER_BURST = 8.0
"""Of one peer that make us open ports and ask servers."""

ICE_DELAY_S = 1.0
"""Head start of TCP, which is faster and needs nobody's help."""

FIRST_ICE_PAUSE_S = 5.0
MAX_ICE_PAUSE_S = 300.0
"""Between attempts with a peer that is there, twice as long each time."""

FIRST_BETTER_PATH_S = 30.0
MAX_BETTER_PATH_S = 1800.0
"""The same while a relay joins us: NATs and networks change seldom."""

ICE_GATHER_TIMEOUT_S = 4.0
"""To find our own candidates: TLS to a relay and its two round trips fit; who has not answered by then is left out."""

STUN_TIMEOUT_S = 2.0
"""For a server's answer: its name, three requests and a round trip by satellite fit."""

STUN_GRACE_S = 0.5
"""For the same once a relay has granted a port, which takes as many round trips: who is silent by then is away."""

RELAY_STAGGER_S = 0.75
"""Between one TURN server and the next: most answer before it, and one relay is enough."""

RELAY_DELAY_S = 2.0
"""A relayed pair is checked that much later than direct ones, whose first checks a NAT may swallow: it would win
otherwise, since a relay answers at once."""

ICE_TIMEOUT_S = 15.0
"""From both offers to a pair, where both sides know both: aioice itself has not given up a hopeless one after 25 s."""

ICE_ANSWER_TIMEOUT_S = 45.0
"""The same for who answers: the answer is on its way for half a minute, at worst."""

CHECK_AGAIN_S = 0.05
"""A check that waits for its answer is sent again when one of the peer's comes in, and that no more often."""

MAX_EARLY_DATAGRAMS = 8
MAX_EARLY_DATAGRAM_BYTES = 2_048
"""Kept of a peer that has found the way before us: its first flight of QUIC, which is due again much later."""

ICE_OFFER_LIFE_S = 60.0
"""For the answer to an offer: a doorbell that is looked at every 20 s fits well, a NAT's mapping scarcely more."""

MIN_TURN_LIFETIME_S = 60
MAX_TURN_LIFETIME_S = 3600
"""What a TURN server says is taken as within these: one that says 0 would have us ask it without a pause."""

TURN_DELETE_TIMEOUT_S = 1.0
"""For the server to hear that we need it no more; without that it finds out by itself."""

TURN_CHANNEL_REFRESH_S = 240
"""RFC 8656, section 9: the permission that a channel brings is gone after 300 s."""

# --- QUIC
QUIC_HANDSHAKE_TIMEOUT_S = 5.0
"""Two round trips by satellite with a lost packet fit; what the peer does not finish by then it never will."""

QUIC_IDLE_TIMEOUT_S = 90.0
"""Above the minute after which the link's own pings call a peer dead: they decide."""

QUIC_WINDOW_BYTES = 2 << 20
"""Received and not taken yet of a peer: 10 MiB/s over a round trip of 200 ms."""

# --- Dialling and the surviving link
MAX_ENDPOINTS = 8
"""Addresses of one contact that we dial: who names more wants us to scan a network for him."""

MAX_DIALS = 128
"""Attempts under way at once, as a rule: half of the 256 open files that macOS grants a process.  Who is due beyond
that waits in line, so that hundreds of contacts who are away hold up nobody for long."""

UNPROVEN_DIALS_A_MINUTE = 6
"""To an IP address where nobody ever proved a link key, over all peers: a contact who names a victim's address, and
has us tell it to nobody, gets no more out of us."""

UNPROVEN_DIALS_A_DAY = 20
"""The same for one peer and such an address, in any 24 hours."""

FIRST_UNPROVEN_DIALS = 8
"""Of those at once, as back-off has it, two minutes' worth; then one every two hours."""

RESERVED_FOR_PUNCHING = 4
"""Of those: each holds a SYN for two minutes, and would come too late if ordinary dials had used up all."""

MAX_UNPROVEN_ADDRESSES = 64
"""Such addresses of one peer at a time; each is free again once its dials are: who names new ones all the time wants
us to scan a network for him."""

MAX_REMEMBERED_ADDRESSES = 4_096
"""Addresses whose dials are on record, about 2 MB."""

MAX_REMEMBERED_OUTCOMES = 32
"""Of dialling one peer: its own eight endpoints in two ways, those announced near by, and some of before."""

CONNECT_TIMEOUT_S = 10.0
"""Three SYNs on every system; a host that answers later is not worth a slot."""

PUNCH_WINDOW_S = 120.0
"""For which a SYN is held to get through two NATs: whom we call may look only after 20 s who calls, and for our record
then, systems ask for 75 s and more by themselves, and Linux's NAT forgets a SYN without an answer after so long."""

PUNCH_DELAY_S = 0.25
"""After the ordinary dials: where one side can be reached, they are there by then."""

KNOCK_PERIOD_S = 0.5
SLOW_KNOCK_PERIOD_S = 2.0
"""Between SYNs of one window that are refused, about; a multiple of the other, so that one side's moments are the
other's as well.  Some 60 in all: what a liar who names somebody else's address makes us send there."""

FAST_KNOCKS_S = 10.0
"""At the beginning of a window: of the two sides at least the one that came later is fast then."""

MIN_KNOCK_PAUSE_S = 0.05
"""A router must have answered the last SYN."""

TAKEN_PORT_PAUSE_S = 5.0
"""Until a look whether the pair of ports is free again."""

MAX_WINDOWS = 64
"""SYNs held at once."""

MAX_HOPEFUL_WINDOWS = 32
"""Of those to peers of whom nothing says that they are there now."""

FIRST_PUNCH_REST_S = 4.0
MAX_PUNCH_REST_S = 125.0
"""After a window in vain, until the next from the same port to the same place; twice as long each time.  Short at
first: whoever starts within it finds no SYN of ours.  Not none: a SYN of theirs that comes through what is left of the
old one in our NAT is stuck there, and Linux's NAT forgets it as the window ends."""

ASIDE_WINDOW_S = 150.0
"""For which a program that has just started knocks beside its ports, too: five pairs of ports."""

ASIDE_PERIOD_S = 30.0
"""Until the next of them: what an earlier start left in a NAT stands in the way no longer.  Clocks that are set
disagree by less."""

ASIDE_PORTS = 8
"""Before the first comes again: four minutes, twice as long as NATs remember."""

MAX_ASIDE_WINDOWS = 32
"""Such windows at once."""

FRESH_RECORD_S = 2_100.0
"""A record of somebody who is there is at most half an hour old; a few minutes for clocks and the put itself."""

CALL_S = 150.0
"""After a ring, either way, the other side is expected for so long: a window and what comes before it."""

FAREWELL_REST_S = 15.0
"""After a peer has closed the link in order, until the next window to it, unless a later record shows that it is back:
what a SYN into the void leaves in our NAT outlives this process, and stands in the way if both start anew."""

FIRST_PORT_LIFE_S = 120.0
MAX_PORT_LIFE_S = 3_600.0
"""Before yet another port to punch from is taken; twice as long each time: it costs a new record."""

FIRST_BACKOFF_S = 1.0
"""Before the first retry."""

MAX_BACKOFF_S = 300.0
"""Between retries to somebody who is away for days: 300 dials a day and contact."""

BACKOFF_JITTER = 0.5
"""A wait is shortened by up to this part: two sides that fail together must not retry together for ever."""

NOMINATION_DELAY_S = 0.15
"""After the first authenticated link: dials of the same moment to better addresses have usually arrived by then."""

CONFIRM_TIMEOUT_S = 2.0
"""For the answer to a nomination, then the next link is nominated."""

# --- Our own addresses
PAST_OBSERVATION_LIFE_S = 600.0
"""What a contact saw counts so long after its link ended: a router that gets another address cuts all links at once."""

MAX_HEARD_LINKS = 64
"""Whose words are compared, the latest: a thousand contacts who come back at once must not cost more and more each.
One contact has at most ``MAX_LINKS_PER_PEER`` of them."""

MAX_PAST_OBSERVATIONS = 64
"""Of links that ended; two that agree are enough."""

MAX_EXTERNAL_ADDRESSES = 3
"""That others see us come from: one of each family, and the one before."""

SURVEY_MOMENTS_S = (0.0, 0.5, 1.5)
"""When each server or node is asked, counted from the beginning of a round: datagrams get lost."""

SURVEY_TIMEOUT_S = 3.5
"""Of a round: who has not answered by then is too far away to matter."""

STUN_TCP_TIMEOUT_S = 5.0
"""For connection and answer of one server over TCP."""

RESOLVE_TIMEOUT_S = 5.0
"""For the names of servers."""

FIRST_SURVEY_PAUSE_S = 1.0
"""After a round that has not told enough; twice as long each time."""

MAX_SURVEY_PAUSE_S = 1_800.0
"""Between rounds in any case: a router gets another address now and then, which no system tells of."""

MIN_DOUBT_PAUSE_S = 60.0
"""Between rounds because links break, as a rule, however many do: a contact may break its own as often as it likes."""

DOUBT_BURST = 3.0
"""So many may follow each other: the first may come before the router has its new address."""

MAX_SURVEYED_NODES = 16
"""Of the DHT, of each family: some 4 kB a round."""

MIN_DHT_VOTES = 5
"""Nodes in networks of their own that have to name an address of ours before it counts."""

DHT_VOTE_MAJORITY = 2 / 3
"""Of those that answer."""

MAPPING_TIMEOUT_S = 30.0
"""Until who has not opened a port will not: a router that speaks UPnP answers within two seconds, and NAT-PMP is tried
for our port in the first half minute."""

UPNP_ANSWER_S = 3.0
"""From the first question to the router's answer by UPnP, if it speaks that; what it opens after our end stays open."""

MAPPING_CLOSE_TIMEOUT_S = 1.0
"""For a router to close what it opened; what it does not, it forgets within the hour."""

# --- Finding each other on a LAN
MAX_ANNOUNCEMENT_BYTES = 400
"""Of a TXT record: with the rest of an mDNS answer it has to stay well below one Ethernet frame."""

ANNOUNCED_HINTS = 64
"""In every announcement, most of them random as a rule: their number tells nothing."""

STEADY_HINTS = 32
"""Of those for who was active last, where not all fit; the rest is drawn anew for each announcement."""

MOST_STEADY_HINTS = 56
"""The same where each peer has several keys and there is a place for everybody's first: a contact of whom we know the
session need not wait for its turn behind the keys for resets."""

MAX_ANNOUNCED_IPV4 = 6
MAX_ANNOUNCED_IPV6 = 4
"""One for each network this machine is in: virtual ones must not crowd out a real one."""

GATHER_S = 0.4
"""From a change to its announcement: changes come in groups."""

MIN_ANNOUNCEMENT_INTERVAL_S = 1.0
"""RFC 6762, section 6: a record is multicast at most once a second."""

GATHER_JITTER = 0.5
"""Of that, by chance less: computers to which the power comes back must not all speak at once."""

FIRST_ROTATION_S = 3.0
"""Until the next announcement while somebody is missing; twice as long each time."""

ROTATION_JITTER = 0.5
"""Those waits are shortened by up to this part."""

RENEWAL_S = 3600.0
"""At the latest then names, nonce and hints are new, so that nobody can be followed for long."""

RENEWAL_JITTER = 0.2
"""Renewals are shortened by up to this part: computers that were started together must not renew in step."""

MAX_ANNOUNCEMENTS_PER_SECOND = 50.0
"""Of all Kiths on a LAN together, while somebody is missing: the more of them are heard, the more seldom each speaks.
It is also what each reads."""

MAX_SIGHTINGS = 512
"""Announcements of others remembered, half a megabyte; the longest unheard is forgotten first."""

READINGS_PER_SECOND = MAX_ANNOUNCEMENTS_PER_SECOND
"""Announcements compared with all keys, 5 ms each at 5,000 keys: a flood costs a quarter of one core at worst."""

READING_BURST = 250.0
"""A LAN with that many Kiths is read at once."""

QUESTION_PAUSES_S = (0.0, 1.0, 3.0)
"""Before each question who is there, where this machine has come to: an answer may be lost."""

QUESTION_DELAY_S = 0.12
QUESTION_JITTER = 5 / 6
"""20 to 120 ms more, by chance (RFC 6762, section 5.2): of a crowd that starts together the first asks for all."""

LAN_CHECK_TIMEOUT_S = 8.0
"""For two throw-away nodes to find each other: discovery takes 1.2 s as a rule, and a question may be lost."""

ADDRESS_POLL_S = 5.0
"""Between looks at this machine's addresses; no system tells of changes in a way that all share."""

# --- Finding each other on the DHT
DHT_UPLOAD_BYTES_PER_SECOND = 400
"""Of libtorrent, without headers.  Its own questions count and are not held back; what is left is for answers to
others: one a second, about as many as an idle Kith gets from others.  At three questions a second, which somebody who
can be reached may well see, answering all would be 5 MB an hour (``dev.py bench dht``)."""

MAX_SAVED_DHT_NODES = 200
"""To start from the next time: many are gone by then, and a few that answer are enough."""

PUT_INTERVAL_S = 1_800.0
"""Between puts of one record: nodes forget items after two hours, and some leave before."""

PUT_JITTER = 0.2
"""Puts are shortened by up to this part, so that a record does not show the minute of our start all day."""

PUT_GATHER_S = 1.0
"""From a change of addresses to the put: changes come in groups."""

FAR_PUT_GATHER_S = 0.25
"""The same once there is an address that those far off can do something with: who waits for it waits no longer."""

MAX_PUT_GATHER_S = 5.0
"""From a change to the put at the latest, whatever changes meanwhile: a router whose word is another every moment must
not keep our record from being put."""

MIN_PUT_INTERVAL_S = 60.0
"""Between two puts of one record, as a rule, however often addresses change."""

PUT_BURST = 4.0
"""So many may follow each other at once: in a new place our addresses become known one after the other."""

FIRST_PUT_RETRY_S = 30.0
"""After a put that nobody took; twice as long each time."""

MAX_PUBLISHED = 32
"""Records that we keep on the DHT at once: the account's and those of the invites posted last."""

LOOKUPS_PER_SECOND = 2.0
"""Over all peers: a search asks some twenty nodes, which is 10 kB a second then."""

LOOKUP_BURST = 20.0
"""The contacts that most people have are looked for at once."""

FIRST_LOOKUP_PAUSE_S = 2.0
"""After a look-up; twice as long each time that the peer stays away.  Two who start at once, or move at once, look for
each other before either has put its record, so the first pauses are short."""

FIRST_INVITED_PAUSE_S = 0.5
"""The same for somebody whose invite we took: a record put in that minute is found sooner, for two searches more."""

MAX_LOOKUP_PAUSE_S = 4 * 3_600.0
"""A hundred contacts who are away cost some sixty searches an hour then, not quite a megabyte.  Whoever comes looks
for us, and rings."""

MIN_RESTART_INTERVAL_S = 60.0
"""Between two beginnings anew of all look-ups, puts and rings, however often addresses change: pauses are still short
by then."""

THOROUGH_LOOKUPS = 3
"""So many of the first ask for the epochs before and after, too, if this one's record is absent: clocks may be wrong by
hours, and the other one's record may be put within a few seconds."""

LOOKUPS_A_THOROUGH_ONE = 4
"""Later only one in so many does: few clocks are wrong by hours, and whoever comes looks for us."""

CLOCK_ERROR_S = 600.0
"""So long before and after the end of an epoch every look-up is thorough: clocks differ by minutes."""

EXTRA_LOOKUP_PAUSES_S = (2.0, 15.0)
"""After a look-up for a peer that rings, and after one more: its record may have been put a moment later, and a put
takes 15 s where one of the nodes near by is gone."""

LOOKUP_JITTER = 0.3
"""Pauses are shortened by up to this part."""

DHT_CHECK_TIMEOUT_S = 8.0
"""For a throw-away node to hear from anybody: names are resolved and a question may be lost."""

SEARCH_PATIENCE_S = 0.8
"""For a node's answer in a search of our own: two out of three that are there answer sooner, from anywhere."""

SEARCH_SLOW_S = 0.25
"""After a question until somebody else is asked beside: about a round trip to anywhere."""

SEARCH_TIMEOUT_S = 4.0
"""For such a search: six steps to the nearest of ten million nodes."""

SEARCH_AT_ONCE = 6
"""Questions of it under way, those to slow nodes left out: libtorrent's five, and one."""

SEARCH_START_NODES = 12
"""Nodes that it starts from: some are gone."""

MAX_SEARCH_QUESTIONS = 60
"""In one of them, whatever nodes name: twice what it takes."""

MAX_SEARCH_NODES = 150
"""Remembered of those that are named."""

STORED_COPIES = 8
"""Of an item or an announcement: the DHT's k."""

ITEM_STORE_TIMEOUT_S = 35.0
"""For libtorrent to tell of a store: it gives the search and the stores after it 15 s each."""

MAX_QUICK_STORES = 8
"""Under way at once: records of many invites may wait for libtorrent."""

MAX_STORED_COPIES = 16
"""By one quick store: it does not wait until the nearest eight are known for sure."""

MAX_REMEMBERED_STORES = 64
"""Items of which the last number is remembered, the latest; of others the nodes tell it."""

MAX_QUICK_SEARCHES = 8
"""Under way at once for places that we look at again and again."""

ASKED_AT_ONCE = 3
"""Nodes of such a place that a look asks, of the nearest eight: 1.4 kB."""

NEIGHBOURS_LIFE_S = 600.0
"""Until the nearest nodes of such a place are looked for anew: some leave, and others come to be nearer."""

MAX_MISSED_ANSWERS = 3
"""Of a node there, then it is taken to be gone."""

FIRST_SEARCH_GAP_S = SEARCH_TIMEOUT_S
MAX_SEARCH_GAP_S = 60.0
"""Between searches for such a place; twice as long each time that nobody is found."""

MAX_NEIGHBOURHOODS = 128
"""Places of which the nodes are remembered: doorbells of 32 invites and signals of those who ring."""

MAX_UNANSWERED_QUESTIONS = 256
"""To such nodes, remembered until an answer comes; the oldest is forgotten first."""

FIRST_CALL_BACK_S = 10.0
MAX_CALL_BACK_S = 300.0
"""Between calls of the nodes that we knew while none answers, twice as long each time: 20 kB each."""

# --- Rings and signals on the DHT
FRESH_POLL_S = 0.5
"""Between looks at the doorbell of a new invite: somebody is about to use it, and waits."""

FRESH_BELL_S = 60.0
"""For so long; libtorrent's nodes turn deaf to who asks one of them five times a second."""

ATTENTIVE_POLL_S = 1.0
"""Between looks at our own doorbell after a start, a message that waits, a link that ended or a ring: somebody is
likely to ring soon."""

ATTENTION_FADES = 0.05
"""The same later, of the time since then: after the first seconds nobody comes much sooner for many looks."""

NEW_BELL_S = 300.0
"""After a new invite attention does not fade so soon."""

IDLE_POLL_S = 20.0
"""The same at other times: a quarter of a megabyte an hour for each bell, and as much for the searches between."""

POLL_JITTER = 0.2
"""Those pauses are shortened by up to this part."""

BELLS_AT_FULL_PACE = 2
"""Doorbells asked for at that pace, the account's and that of an invite; more of them share what two may cost."""

OLD_BELL_S = 300.0
"""So long into an epoch the doorbell of the one before is asked for, too: clocks differ by minutes."""

MAX_RINGS_A_REPLY = 8
"""Callers of one reply who are looked for; a node's answer holds a hundred, and anybody may have announced them."""

RING_BURST = 16.0
RINGS_PER_SECOND = 1 / 30
"""The same over all replies.  Each costs up to ten searches for record and signal, and looks there and at the doorbell:
a flood of rings costs us 10 kB a second at worst on the Mainline DHT."""

FIRST_RING_QUIET_S = 60.0
MAX_RING_QUIET_S = 600.0
"""The same ring of the same address is not heeded again so soon; twice as long each time: nodes hand it out for up
to 45 minutes, whether the caller still waits or not."""

PEER_RING_GAP_S = 30.0
"""Between two rings of one peer that are heeded, from wherever: one with many addresses must leave others room."""

MAX_REMEMBERED_RINGS = 1_024
"""Of those; the longest unheard is forgotten first."""

RING_DELAY_S = 0.5
"""From finding a record to ringing: who can be reached is linked by then, as a rule."""

INVITE_RING_DELAY_S = 0.25
"""From taking an invite to ringing its poster, found or not: it is likely to be there, and to wait."""

FIRST_RING_PAUSE_S = 60.0
MAX_RING_PAUSE_S = 3_600.0
"""After a ring, until the peer is found once more; twice as long each time."""

MIN_RING_PAUSE_S = 10.0
"""Between two rings of one peer, whoever asks for them."""

OWN_RINGS_PER_SECOND = 0.2
OWN_RING_BURST = 10.0
"""Over all peers: an announcement is a search and eight stores."""

SIGNAL_POLL_S = 0.5
"""Between looks for a signal that is expected, at first: it is put while its ring is."""

SIGNAL_PATIENCE = 0.25
"""Of the time waited so far is waited at least until the next look."""

SIGNAL_GRACE_S = 15.0
"""For the last look to end: libtorrent gives dead nodes so long."""

RING_SIGNAL_S = 25.0
"""For a signal that goes with a ring: a put takes 15 s where one of the nodes near by is gone."""

MEETING_S = 300.0
"""Under which key and in which epoch a peer was met last is good for so long."""

PASSED_PATIENCE_S = 3_600.0
"""After a message that cannot leave we ask whoever comes online for so long to bring the peer a word."""

FIRST_PASSED_PAUSE_S = 3.0
"""Between two rings that we ask others to bring, twice as long each time: who comes online after us reaches the contact
of both after us, and there may be no other way."""

PASSED_DELAY_S = 1.0
"""After somebody came online who may bring a ring: what waits for that one goes first."""

PASSED_CALLS_AT_ONCE = 4
"""Peers that one who comes online is asked for: each costs it and us an envelope."""

PASSED_PER_SECOND = 0.2
PASSED_BURST = 10.0
"""Signals that contacts bring us of others, over all: each is tried with the keys of everybody who is missing."""

MAX_PASSED_WAITING = 4
PASSED_WAIT_S = 60.0
"""Of one contact so many wait for their turn, so long: after a minute an offer is worth nothing."""

MAX_PASSED_TRIES = 500
"""Of those keys, 50 µs each: a flood costs half a hundredth of one core at worst."""

MAX_SIGNAL_BYTES = 512
"""Of what two tell each other to find a path, before there is a link: ICE parameters of four transports."""
