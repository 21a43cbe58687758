"""What the doctor can say.  Programs and terminals are told in English; the window translates each sentence."""

from enum import Enum


class Remark(Enum):
    """Every sentence, or part of one, in English.  In braces stand the names of its values."""

    SENTENCE = "{sentence}"
    """A sentence that was worded elsewhere."""

    # The running Kith
    RUNNING = "Kith is running on this profile, and finds this."
    LOCKED = "Kith is open and waits for the passphrase."
    MUTE = "Kith is running on this profile, but does not answer."
    BESIDE = "This check ran beside it, on ports of its own, and knows of no contacts."
    END_IT = "It may be busy or suspended. If that does not pass, end Kith and start it again."

    # Listeners and addresses
    LISTENS_NOWHERE = "Kith listens nowhere, so nobody can connect to this computer."
    LISTEN_ELSEWHERE = "Start Kith without --listen, or name an address of this computer and a free port."
    LISTENS = "Kith listens on {addresses}."
    ADDRESSES = "This computer's addresses are {addresses}."
    LOOPBACK_AS_ASKED = "Only contacts on this very computer can connect, at {addresses}, as was asked for."
    LOOPBACK_ONLY = "This computer has no network address but its own loopback."
    CONNECT_IT = "Connect it to a network, by cable or Wi-Fi."

    # The local network
    LAN_OFF = "The search for contacts on the local network is switched off."
    LAN_DOWN = "The search for contacts on the local network (mDNS) can use no network interface."
    LAN_CONNECT = "Connect this computer to a network, and let Kith use UDP port 5353 in the firewall."
    LAN_RUNNING = "Contacts on the local network are searched for, and can find this computer (mDNS)."
    LAN_PROVEN = "The search on the local network (mDNS) works on this computer: two trial participants met."
    LAN_IF_NOT_FOUND = (
        "If a contact in the same network is not found, its router may hold multicast back or isolate clients."
    )
    LAN_DEAF = "On the local network (mDNS) two trial participants on this computer did not find each other."
    LAN_LET_THROUGH = "Let Kith use UDP port 5353, and accept connections, in the firewall."

    # The disk
    WRITABLE = "The profile can be written."
    WRITABLE_WITH_ROOM = "The profile can be written, and {free} are free."
    NEARLY_FULL = "The disk is nearly full: {free} are free."
    MAKE_ROOM = "Make room, or messages cannot be stored."
    MAKE_ROOM_OR_CHECK = "Make room, or check the disk."

    # The clock
    CLOCK_BEHIND_FILES = (
        "This computer's clock says {now} (UTC), but there are files of Kith from {then}: the clock is behind."
    )
    CLOCK_ALONE = "This computer's clock says {now} (UTC); nothing was heard to compare it with."
    CLOCK_ONE_AGREES = "This computer's clock says {now} (UTC); 1 contact agrees."
    CLOCK_ALL_AGREE = "This computer's clock says {now} (UTC); {count} contacts agree."
    CLOCK_MOST_AGREE = "This computer's clock says {now} (UTC); most contacts agree."
    CLOCK_SAYS = "This computer's clock says {now} (UTC)."
    CLOCK_OTHER_AHEAD = "The clock of {name} is {span} ahead of this computer's."
    CLOCK_OTHER_BEHIND = "The clock of {name} is {span} behind this computer's."
    CLOCK_ONE_WRONG = "One of the two is wrong."
    CLOCK_MANY_AHEAD = (
        "This computer's clock says {now} (UTC), but the clocks of {off} of {count} contacts are about {span} ahead of"
        " this computer's."
    )
    CLOCK_MANY_BEHIND = (
        "This computer's clock says {now} (UTC), but the clocks of {off} of {count} contacts are about {span} behind"
        " this computer's."
    )
    SET_CLOCK = (
        "Set date, time and time zone of this computer. Messages arrive and keep their order all the same;"
        " only invites may look expired."
    )
    NO_DATE = "a time that no calendar has"

    # Across the internet
    DHT_OFF = "The search for contacts across the internet is switched off."
    DHT_ALONE = "The search for contacts across the internet (DHT) gets no answer from anybody."
    DHT_LET_THROUGH = (
        "Check the connection to the internet, and let Kith use UDP in the firewall. On a network without"
        " internet nothing is wrong."
    )
    DHT_RUNNING = "Contacts are searched for across the internet, and can find this computer (DHT)."

    # The address on the internet
    UNSEEN = "It is not known yet where others on the internet see this computer."
    SEEN_FROM = "Others see this computer come from {addresses}, its router's address."
    NAT_NONE = "This computer has an address of its own on the internet."
    NAT_CONE = "The router keeps one port for everybody, so that contacts can connect when both sides try at once."
    NAT_SYMMETRIC = (
        "The router takes another port for everybody, so that contacts elsewhere can hardly connect directly."
    )
    NO_UDP = "The internet answers over TCP only: UDP does not get through."
    FORWARD_A_PORT = "Let the router forward TCP port {port} to this computer."
    LET_UDP_OUT = "Let Kith use UDP in the firewall, or take another network."

    # Whether others get in
    VISITED_FROM_FAR = "Contacts elsewhere can connect to this computer: the last one did {ago}."
    VISITED_FROM_NEAR = (
        "Contacts on the local network can connect to this computer: the last one did {ago}. From elsewhere none has."
    )
    UNVISITED = "Nobody has connected to this computer yet, so it is not known whether that works."
    FIREWALL_RUNS = "The firewall {name} runs here, and may keep connections out."
    OPEN_FIREWALL = "If contacts cannot connect, let TCP port {port} in, and UDP port 5353 on the local network."

    # Servers and the router
    MAPPING_OFF = "Asking the router for an open port (UPnP, NAT-PMP) is switched off."
    MAPPING_NEEDLESS = "There is no router to ask for an open port: this computer listens at no private address."
    MAPPING_ASKING = "The router is asked for an open port (UPnP, NAT-PMP), and has not answered yet."
    MAPPING_OPEN = "The router leads its port {port} to this computer (UPnP, NAT-PMP)."
    MAPPING_REFUSED = "The router does not open a port: {error}."
    MAPPING_UNANSWERED = "No router opens a port when it is asked (UPnP, NAT-PMP)."
    MAPPING_ALLOW = (
        "Contacts far away can connect more easily if UPnP or NAT-PMP is allowed in the router's settings, or its"
        " TCP port {port} is led to this computer."
    )
    STUN_OFF = "Asking servers for this computer's address on the internet (STUN) is switched off."
    STUN_UNASKED = "No STUN server has been asked for this computer's address on the internet."
    STUN_ANSWERS = "STUN servers say from where they see this computer: {names}."
    STUN_SILENT = "No STUN server answers."
    STUN_LET_THROUGH = (
        "Check the connection to the internet, and let Kith use UDP in the firewall. Other servers can be named"
        " in the settings, under Servers, or with --stun."
    )
    RELAY_OFF = "Relaying through servers (TURN) is switched off."
    RELAY_UNNAMED = "No server is named that relays (TURN): where both routers are strict, a contact cannot be reached."
    RELAY_NAME = (
        "If a contact far away is never reached, one of the two can name a relay: in the settings, under Servers, or"
        " with --turn."
    )
    RELAY_GRANTS = "The relay {name} grants a port."
    RELAY_REFUSES = "The relay {name} answers, and refuses a port."
    RELAY_UNTRUSTED = "The relay {name} has no certificate that is trusted here."
    RELAY_UNREACHABLE = "The relay {name} cannot be reached."
    RELAY_SILENT = "The relay {name} does not answer."
    RELAY_CHECK_CREDENTIALS = "Check the user and the secret of this relay."
    RELAY_CHECK_NAME = "Check the name of this relay, and name its certificate with cafile if it has one of its own."
    RELAY_CHECK_ADDRESS = (
        "Check the address of this relay, and the connection to the internet. TLS on port 443 gets through most"
        " networks."
    )

    # One contact
    NEW_CONTACT = "New contact {mark}"
    BLOCKED = "{name} is blocked, and gets no answer."
    OVER_QUOTA = "{name} has written {size}, and nothing more is taken from it."
    MEET_ANEW = "To make room, remove the contact with its messages, and meet anew."
    HELD = "{name} has a new session, and nothing is sent on it yet."
    COMPARE_DIGITS = (
        "Compare the 60 digits of this contact with those on their screen, and agree."
        " Whoever has a copy of their keys could have made the session."
    )
    NOTICED = "{name} has to be looked at."
    LINKED_LAN = "{name} is linked over the local network, at {address}."
    LINKED_DIRECT = "{name} is linked directly, at {address}."
    LINKED_PUNCHED = "{name} is linked directly, through routers, at {address}."
    LINKED_RELAYED = "{name} is linked through a relay, at {address}."
    UNMET = "{name} cannot be met."
    LINK_USED = "Somebody else has used this contact's link already. Ask for a new one."
    LINK_REVOKED = "This contact has revoked its link. Ask for a new one."
    LINK_EXPIRED = "This contact's link has expired, or a clock is wrong. Ask for a new one."
    EXPIRED_UNANSWERED = "{name} did not answer the link before it expired, {ago}."
    UNANSWERED = "{name} has not answered the link yet."
    UNANSWERED_SINCE = "{name} has not answered the link yet; last linked {ago}."
    UNLINKED = "{name} is not linked."
    UNLINKED_SINCE = "{name} is not linked; last linked {ago}."
    NO_ADDRESS = "No address of it is known."
    CONNECT_BOTH = "Connect both computers to the same network."
    PROBABLY_AWAY = (
        "The contact's computer may be off, asleep, without Kith, or behind a firewall."
        " Messages wait and go out by themselves."
    )
    MAYBE_REMOVED = "Somebody there does not know this account: the contact may have removed or blocked it."
    ADDRESS_TAKEN = "Another device has the contact's old address. Be in one network once, or meet anew."
    CHECK_CONNECTION = "Check that this computer is connected to a network."

    # What came of one address
    WAY = "{address}: {outcome}."
    PUNCHED_WAY = "{address}, both sides at once: {outcome}."
    ICE_WAY = "UDP, direct or relayed: {outcome}."
    ICE_UNANSWERED = "the contact was called, and did not answer"
    ICE_NO_PAIR = "no address of one side reaches one of the other"
    ICE_BROKEN = "two addresses met, and no connection came of it"
    ONCE = "{outcome} ({ago})"
    OFTEN = "{outcome} ({count} times, last {ago})"
    RARELY = "{outcome}; tried rarely now"
    UNTRIED = "not tried yet"
    LINKED = "reached"
    REFUSED = "refused, since no program listens there"
    UNREACHABLE = "there is no way to this address from here"
    TIMED_OUT = "nobody answers there"
    SILENT = "something listens there and says nothing to us"
    CLOSED = "the connection was closed at once"
    WRONG_ANSWER = "somebody else answers there"
    NOT_DIALLED = "not tried, since it belongs to a network that this computer is not in"

    # Spans of time
    IN_THE_FUTURE = "in the future, by this computer's clock"
