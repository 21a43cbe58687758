from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ErrorKind, KithError
from app.domain.own_servers import OwnServers
from app.domain.settings import STORED_NAME, WAYS_BEYOND, Appearance, Settings

OTHER = Settings(
    read_receipts=False,
    typing_notices=False,
    lan=False,
    dht=False,
    port_mapping=False,
    stun=False,
    relay=False,
    go_between=False,
    lan_only=True,
    notifications=False,
    notification_content=True,
    appearance=Appearance.DARK,
    text_size_percent=150,
    language="de-AT",
    autostart=True,
    lock_after_minutes=5,
    keep_in_tray=False,
    servers=OwnServers.of(["stun.example.org:3478"], ()),
)


def test_every_setting_is_read_as_it_was_stored() -> None:
    defaults = Settings()
    assert all(getattr(OTHER, field.name) != getattr(defaults, field.name) for field in fields(Settings))
    assert Settings.read(OTHER.checked().stored()) == OTHER
    assert Settings.read({}) == Settings.read(defaults.stored()) == defaults


@pytest.mark.parametrize("way", sorted(WAYS_BEYOND))
def test_on_the_local_network_alone_no_way_beyond_is_used(way: str) -> None:
    assert Settings().uses(way)
    assert not Settings.read({STORED_NAME.format(way): "off"}).uses(way)
    assert not Settings(lan_only=True).uses(way)
    assert Settings(lan_only=True).uses("lan")


def test_what_notifications_say_is_hidden_by_default() -> None:
    assert not Settings().notification_content


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("read_receipts", "yes"),
        ("read_receipts", ""),
        ("lan", "Off"),
        ("appearance", "pink"),
        ("text_size_percent", "74"),
        ("text_size_percent", "1e2"),
        ("text_size_percent", "-100"),
        ("text_size_percent", "١٢٠"),
        ("text_size_percent", "1" * 5_000),
        ("lock_after_minutes", "1441"),
        ("language", "../../etc"),
        ("language", "de\n"),
        ("servers", "stun:"),
        ("servers", "stun:stun.example.org:3478\n"),
        ("servers", "turn:ann@relay.example.org:3478"),
    ],
)
def test_a_stored_value_that_is_none_reads_as_the_default_and_spoils_no_other(name: str, text: str) -> None:
    stored = OTHER.stored() | {STORED_NAME.format(name): text}
    assert Settings.read(stored) == replace(OTHER, **{name: getattr(Settings(), name)})


@given(st.dictionaries(st.sampled_from(list(OTHER.stored())), st.text()))
def test_whatever_is_stored_settings_are_read(stored: dict[str, str]) -> None:
    settings = Settings.read(stored)
    assert settings.checked() is settings


@pytest.mark.parametrize(
    "change",
    [{"text_size_percent": 201}, {"lock_after_minutes": -1}, {"lock_after_minutes": 1_441}, {"language": "x y"}],
)
def test_values_out_of_their_bounds_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(KithError) as refused:
        Settings(**change).checked()
    assert refused.value.kind is ErrorKind.SETTING_INVALID
