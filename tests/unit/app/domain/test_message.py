from app.domain.message import MessageState


def test_states_are_a_ladder_with_the_words_of_the_contract() -> None:
    assert [state.word for state in sorted(MessageState)] == ["queued", "sent", "delivered", "read", "failed"]
