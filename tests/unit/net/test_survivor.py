"""Who nominates, who confirms, and which link is left."""

from net.events import LinkId, PathClass
from net.survivor import Confirm, Controller, Follower, Nominate, Supersede, Use

L1, L2, L3 = LinkId(1), LinkId(2), LinkId(3)
LAN, DIRECT = PathClass.LAN, PathClass.DIRECT


def controller(*, by_class: bool = True) -> Controller:
    return Controller(by_class=by_class)


def settled(link: LinkId = L1, path: PathClass = DIRECT) -> Controller:
    machine = controller()
    machine.link_up(link, path, 0.0)
    machine.handle_timer(0.15)
    assert machine.confirmed(link, 0.2) == []
    return machine


def test_the_first_link_is_used_at_once() -> None:
    for machine in (controller(), Follower()):
        assert machine.link_up(L1, DIRECT, 0.0) == [Use(L1)]
        assert machine.link_up(L2, DIRECT, 0.1) == []


def test_the_best_class_is_nominated_after_a_moment_and_the_others_close_on_its_confirmation() -> None:
    machine = controller()
    machine.link_up(L1, DIRECT, 0.0)
    machine.link_up(L2, LAN, 0.1)
    assert machine.wake_at() == 0.15
    assert machine.handle_timer(0.1) == []
    assert machine.handle_timer(0.15) == [Nominate(L2)]
    assert machine.confirmed(L2, 0.2) == [Use(L2), Supersede(L1)]
    assert machine.link_down(L1, 0.2) == []
    assert machine.wake_at() is None


def test_among_equals_the_one_in_use_stays() -> None:
    machine = controller()
    machine.link_up(L2, DIRECT, 0.0)
    machine.link_up(L1, DIRECT, 0.1)
    assert machine.handle_timer(0.15) == [Nominate(L2)]


def test_a_first_contact_stays_where_it_began() -> None:
    machine = controller(by_class=False)
    machine.link_up(L1, DIRECT, 0.0)
    machine.link_up(L2, LAN, 0.1)
    assert machine.handle_timer(0.15) == [Nominate(L1)]
    assert machine.confirmed(L1, 0.2) == [Supersede(L2)]


def test_without_an_answer_the_next_link_is_nominated() -> None:
    machine = controller()
    machine.link_up(L1, LAN, 0.0)
    machine.link_up(L2, DIRECT, 0.0)
    assert machine.handle_timer(0.15) == [Nominate(L1)]
    assert machine.handle_timer(2.15) == [Nominate(L2)]
    assert machine.handle_timer(4.15) == [Nominate(L1)]
    assert machine.confirmed(L1, 4.2) == [Supersede(L2)]


def test_a_late_confirmation_counts() -> None:
    machine = controller()
    machine.link_up(L1, LAN, 0.0)
    machine.link_up(L2, DIRECT, 0.0)
    machine.handle_timer(0.15)
    machine.handle_timer(2.15)
    assert machine.confirmed(L1, 2.5) == [Supersede(L2)]


def test_a_better_link_that_comes_up_during_a_nomination_is_not_closed() -> None:
    machine = controller()
    machine.link_up(L1, DIRECT, 0.0)
    machine.handle_timer(0.15)
    machine.link_up(L2, LAN, 0.16)
    assert machine.confirmed(L1, 0.2) == [Nominate(L2)]
    assert machine.confirmed(L2, 0.3) == [Use(L2), Supersede(L1)]


def test_a_better_link_takes_over_later() -> None:
    machine = settled()
    assert machine.link_up(L2, LAN, 60.0) == [Nominate(L2)]
    assert machine.confirmed(L2, 60.1) == [Use(L2), Supersede(L1)]


def test_a_second_link_of_the_same_class_makes_the_first_prove_that_it_lives() -> None:
    machine = settled()
    assert machine.link_up(L2, DIRECT, 60.0) == [Nominate(L1)]
    assert machine.handle_timer(62.0) == [Nominate(L2)]
    assert machine.confirmed(L2, 62.1) == [Use(L2), Supersede(L1)]


def test_the_loss_of_the_link_in_use_moves_on_at_once() -> None:
    machine = controller()
    machine.link_up(L1, LAN, 0.0)
    machine.link_up(L2, DIRECT, 0.0)
    machine.handle_timer(0.15)
    assert machine.link_down(L1, 1.0) == [Use(L2), Nominate(L2)]
    assert machine.link_down(L2, 1.1) == [Use(None)]
    assert machine.wake_at() is None
    assert machine.link_up(L3, LAN, 2.0) == [Use(L3)]


def test_the_loss_of_the_nominated_link_is_no_reason_to_wait() -> None:
    machine = controller()
    machine.link_up(L1, DIRECT, 0.0)
    machine.link_up(L2, LAN, 0.0)
    assert machine.handle_timer(0.15) == [Nominate(L2)]
    assert machine.link_down(L2, 0.5) == [Nominate(L1)]


def test_confirmations_that_nobody_asked_for_do_nothing() -> None:
    machine = controller()
    machine.link_up(L1, DIRECT, 0.0)
    machine.link_up(L2, DIRECT, 0.0)
    assert machine.confirmed(L2, 0.1) == []
    machine.handle_timer(0.15)
    assert machine.confirmed(L2, 0.2) == []
    assert machine.nominated(L2) == []
    assert machine.in_use == L1


def test_where_nobody_answers_another_link_is_nominated_though_it_is_worse() -> None:
    machine = settled(path=LAN)
    machine.doubt(L1, silent=True)
    assert machine.link_up(L2, DIRECT, 10.0) == [Nominate(L2)]
    assert machine.confirmed(L2, 10.1) == [Use(L2), Supersede(L1)]


def test_where_somebody_answers_again_nothing_has_changed() -> None:
    machine = settled()
    machine.doubt(L1, silent=True)
    machine.doubt(L1, silent=False)
    assert machine.link_up(L2, DIRECT, 10.0) == [Nominate(L1)]


def test_a_follower_does_as_it_is_told() -> None:
    machine = Follower()
    machine.link_up(L1, DIRECT, 0.0)
    machine.link_up(L2, LAN, 0.0)
    assert machine.nominated(L2) == [Confirm(L2), Use(L2)]
    assert machine.nominated(L2) == [Confirm(L2)]
    assert machine.confirmed(L1, 0.0) == []
    assert machine.wake_at() is None
    assert machine.handle_timer(9.0) == []


def test_a_follower_falls_back_to_the_newest_link() -> None:
    machine = Follower()
    for link in (L1, L2, L3):
        machine.link_up(link, DIRECT, 0.0)
    assert machine.link_down(L2, 1.0) == []
    assert machine.link_down(L1, 1.0) == [Use(L3)]
    assert machine.link_down(L3, 1.0) == [Use(None)]


def test_a_follower_uses_the_next_link_at_once_where_nobody_answers_on_the_one_in_use() -> None:
    """What it acknowledges until the nomination would be lost on the dead link."""
    machine = Follower()
    machine.link_up(L1, DIRECT, 0.0)
    machine.doubt(L1, silent=True)
    assert machine.link_up(L2, DIRECT, 1.0) == [Use(L2)]
    assert machine.link_down(L1, 9.0) == []
    assert machine.nominated(L2) == [Confirm(L2)]


def test_a_follower_whose_link_answers_again_stays_on_it() -> None:
    machine = Follower()
    machine.link_up(L1, DIRECT, 0.0)
    machine.doubt(L1, silent=True)
    machine.doubt(L1, silent=False)
    assert machine.link_up(L2, DIRECT, 1.0) == []
