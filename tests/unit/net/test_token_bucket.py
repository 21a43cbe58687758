from net.token_bucket import TokenBucket


def test_a_burst_passes_and_then_the_rate() -> None:
    bucket = TokenBucket(per_second=2.0, burst=5.0, now=0.0)
    assert [bucket.take(0.0) for _ in range(6)] == [True] * 5 + [False]
    assert not bucket.take(0.4)
    assert bucket.take(0.5)
    assert not bucket.take(0.5)


def test_no_more_than_the_burst_is_saved() -> None:
    bucket = TokenBucket(per_second=2.0, burst=5.0, now=0.0)
    assert sum(bucket.take(1e6) for _ in range(10)) == 5


def test_asking_takes_nothing() -> None:
    bucket = TokenBucket(per_second=1.0, burst=1.0, now=0.0)
    assert all(bucket.has_token(0.0) for _ in range(3))
    assert bucket.take(0.0)
    assert not bucket.has_token(0.0)


def test_it_is_full_when_nothing_was_taken_for_long() -> None:
    bucket = TokenBucket(per_second=1.0, burst=2.0, now=0.0)
    assert bucket.is_full(0.0)
    bucket.take(0.0)
    assert not bucket.is_full(0.9)
    assert bucket.is_full(1.0)


def test_more_than_there_is_can_be_spent_and_is_worked_off() -> None:
    bucket = TokenBucket(per_second=2.0, burst=5.0, now=0.0)
    bucket.spend(9.0, 0.0)
    assert not bucket.has_token(2.4)
    assert bucket.has_token(2.5)
    assert bucket.wait_s(5.0, 2.5) == 2.0
    assert bucket.wait_s(50.0, 2.5) == 2.0, "more than full it never is"
    assert bucket.wait_s(1.0, 2.5) == 0.0


def test_what_is_in_reserve_is_not_taken() -> None:
    bucket = TokenBucket(per_second=0.0, burst=3.0, now=0.0)
    assert bucket.take(0.0, reserve=2.0)
    assert not bucket.take(0.0, reserve=2.0)
    assert bucket.take(0.0)
    assert bucket.take(0.0)
    assert not bucket.take(0.0)
