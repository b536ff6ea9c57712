"""A session told to a real Mosquitto: what is said of it, and that a broker that is gone keeps nobody waiting."""

import errno
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.remote.broker import TOPIC, Broker, BrokerError, free_port, reading
from tests.until import HANG
from voice_coach.actions import Record
from voice_coach.cli.main import main
from voice_coach.errors import NetworkError
from voice_coach.events import VoiceStarted
from voice_coach.records import Adjusted, Answered, Ended, Paused, RepetitionDone, Resumed, SessionRecord, Stopped
from voice_coach.remote.address import MQTT, MQTTS, WYOMING, Address, need, parse, reason_of
from voice_coach.remote.mqtt import PASSWORD, Publisher, started, told
from voice_coach.timebase import samples

SHORT = Path(__file__).parents[1] / "virtual_card" / "short.toml"
FIRST = started("flexion_rotation", 10)
BEGUN = {"event": "started", "exercise": "flexion_rotation", "of": 10}
Opener = Callable[..., Publisher]

SECRET = "it's going down my left leg"
RECORDS: list[tuple[SessionRecord, dict[str, object] | None]] = [
    (RepetitionDone(samples(9), 3, samples(2), 1.0), {"event": "repetition", "number": 3}),
    (Paused(samples(9), SECRET), {"event": "paused"}),
    (Resumed(samples(9), samples(4)), {"event": "resumed"}),
    (
        Stopped(samples(9), 4, "hold", "peripheralised", SECRET, "user", red=True),
        {"event": "stopped", "class": "symptom"},
    ),
    (Stopped(samples(9), 4, "hold", "stop", SECRET, "user", red=False), {"event": "stopped", "class": "user"}),
    (Stopped(samples(9), 4, "hold", "", "", "timeout", red=False), {"event": "stopped", "class": "timeout"}),
    (
        Ended(samples(9), "completed", 10, 1, 2),
        {"event": "ended", "outcome": "completed", "repetitions": 10},
    ),
    (Answered(samples(9), "pain_before", 6.5, SECRET, 0.9), None),
    (Answered(samples(9), "furthest_before", "foot", SECRET, 0.9), None),
    (Adjusted(samples(9), "volume", 5, SECRET), None),
]


# What is told


@pytest.mark.parametrize(("record", "message"), RECORDS)
def test_of_each_record_there_is_told_what_others_may_know(
    record: SessionRecord, message: dict[str, object] | None
) -> None:
    found = told(record, figures=False)
    assert found == (message and {**message, "t": 9.0})
    assert SECRET not in json.dumps(found)


def test_pain_figures_are_told_only_if_the_person_wants_that() -> None:
    before, none = Answered(0, "pain_before", 6.5, SECRET, 0.9), Answered(samples(1), "pain_after", None)
    assert told(before, figures=True) == {"event": "pain", "when": "before", "figure": 6.5, "t": 0.0}
    assert told(none, figures=True) == {"event": "pain", "when": "after", "figure": None, "t": 1.0}
    assert told(Answered(0, "furthest_before", "foot", SECRET, 0.9), figures=True) is None


# The broker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as started:
        yield started


@pytest.fixture
def sentences() -> list[str]:
    return []


@pytest.fixture
def opened(sentences: list[str]) -> Iterator[Opener]:
    with ExitStack() as stack:

        def opener(address: Address, limit: float = HANG) -> Publisher:
            publisher = Publisher(address, FIRST, sentences.append, limit=limit)
            stack.callback(publisher.close)
            return publisher

        yield opener


def repetition(number: int) -> Record:
    return Record(RepetitionDone(samples(number), number, 0, 1.0), number)


def done(number: int) -> dict[str, object]:
    return {"event": "repetition", "number": number}


def test_the_broker_hears_it_in_order(broker: Broker, opened: Opener, sentences: list[str]) -> None:
    with reading(broker) as reader:
        publisher = opened(broker.address)
        assert reader.next() == BEGUN
        for number in range(1, 11):
            publisher(samples(number), VoiceStarted(samples(number)))
            publisher(samples(number), repetition(number))
        publisher.close()
        assert reader.take(10) == [done(number) for number in range(1, 11)]
        assert reader.empty
    assert sentences == []


def test_a_broker_that_comes_back_hears_what_it_missed(broker: Broker, opened: Opener, sentences: list[str]) -> None:
    with reading(broker) as reader:
        publisher = opened(broker.address)
        assert reader.next() == BEGUN
        publisher._jobs.catch_up()  # a reader may have it before the publisher has heard that the broker has
        publisher(0, VoiceStarted(0))
    broker.end()
    publisher(0, repetition(1))
    publisher._jobs.catch_up()
    publisher(0, VoiceStarted(0))
    publisher(0, repetition(2))
    publisher._jobs.catch_up()
    assert sentences == [f"{broker.address} can't be reached (Connection refused). The session goes on without it."]
    broker.start()
    with reading(broker) as reader:
        publisher(0, VoiceStarted(0))
        publisher(0, repetition(3))
        publisher.close()
        assert reader.take(3) == [done(1), done(2), done(3)]
    assert sentences[1:] == [f"{broker.address} takes messages again."]


def test_without_a_broker_the_session_goes_on_and_is_told_once(opened: Opener, sentences: list[str]) -> None:
    address = Address(MQTT, "127.0.0.1", free_port(), TOPIC)
    publisher = opened(address)
    for number in range(1, 6):
        publisher._jobs.catch_up()
        publisher(0, repetition(number))
    publisher.close()
    assert sentences == [
        f"{address} can't be reached (Connection refused). The session goes on without it.",
        f"6 messages of this session did not get to {address}.",
    ]


def test_one_that_takes_the_call_and_says_nothing_is_not_waited_for(opened: Opener, sentences: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        publisher = opened(Address(MQTT, "127.0.0.1", mute.getsockname()[1], TOPIC))
        connection, _ = mute.accept()
        for number in range(100):
            publisher(0, repetition(number))
        assert sentences == []
    connection.close()
    publisher.close()
    assert len(sentences) == 2


def test_one_that_says_nothing_is_given_up(opened: Opener, sentences: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = Address(MQTT, "127.0.0.1", mute.getsockname()[1], TOPIC)
        opened(address, limit=0.2).close()
    assert sentences[0] == f"{address} gave no answer within 0.2 seconds. The session goes on without it."


def test_one_that_is_no_broker_is_told(opened: Opener, sentences: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as strange:
        address = Address(MQTT, "127.0.0.1", strange.getsockname()[1], TOPIC)
        publisher = opened(address)
        for _ in range(2):
            connection, _ = strange.accept()
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()
            publisher._jobs.catch_up()
            publisher(0, repetition(1))
        strange.close()
        publisher.close()
    assert sentences[0].startswith(f"{address} ")
    assert len(sentences) == 2


# Who may


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Broker]:
    """Return a broker that knows one user."""
    secrets = tmp_path / "users"
    secrets.write_text("", encoding="utf-8")
    subprocess.run(["mosquitto_passwd", "-b", secrets, "coach", "sesame"], check=True)
    with Broker(tmp_path, f"allow_anonymous false\npassword_file {secrets}\nuser root") as started:
        yield started


def test_a_user_and_a_password_open_it(guarded: Broker, opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading(guarded, "coach", "sesame") as reader:
        opened(Address(MQTT, "127.0.0.1", guarded.port, TOPIC, "coach", "sesame")).close()
        assert reader.next() == BEGUN
        monkeypatch.setenv(PASSWORD, "sesame")
        opened(Address(MQTT, "127.0.0.1", guarded.port, TOPIC, "coach")).close()
        assert reader.next() == BEGUN


def test_without_them_it_is_told_and_they_never_are(guarded: Broker, opened: Opener, sentences: list[str]) -> None:
    opened(Address(MQTT, "127.0.0.1", guarded.port, TOPIC, "coach", "secret")).close()
    assert sentences == [
        f"mqtt://127.0.0.1:{guarded.port}/{TOPIC} broke off (Not authorized). The session goes on without it.",
        f"1 message of this session did not get to mqtt://127.0.0.1:{guarded.port}/{TOPIC}.",
    ]


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[Broker]:
    """Return a broker with a certificate of its own, `certificate.pem` in the same folder."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=broker", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, *subject],
        check=True, capture_output=True,
    )  # fmt: skip
    with Broker(tmp_path, f"allow_anonymous true\ncertfile {certificate}\nkeyfile {key}\nuser root") as started:
        yield started


def test_an_encrypted_broker_that_is_known_is_told(
    encrypted: Broker, tmp_path: Path, opened: Opener, sentences: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    opened(Address(MQTTS, "127.0.0.1", encrypted.port, TOPIC)).close()
    assert sentences == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho leaves such a socket to Python
def test_one_that_is_not_known_is_told_nothing(encrypted: Broker, opened: Opener, sentences: list[str]) -> None:
    opened(Address(MQTTS, "127.0.0.1", encrypted.port, TOPIC)).close()
    assert "certificate" in sentences[0]
    assert len(sentences) == 2


# Whole sessions


TYPED = ["yes", "left side", "yes", "six", "back", "ready", "yes", "ready", "", "", "better", "three", "back"]


def typed(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "voice_coach", "run", "--text", "--exercise", str(SHORT), *arguments]
    text = "".join(f"{line}\n" for line in TYPED)
    return subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **environment}
    )


def test_a_session_is_told_to_the_broker(broker: Broker) -> None:
    with reading(broker) as reader:
        finished = typed("--mqtt", f"mqtt://127.0.0.1:{broker.port}/{TOPIC}")
        assert finished.returncode == 0, finished.stderr
        events = [reader.next()]
        while events[-1]["event"] != "ended":
            events.append(reader.next())
        assert reader.empty
    assert events[0]["event"] == "started"
    assert {event["event"] for event in events} <= {"started", "repetition", "paused", "resumed", "stopped", "ended"}


def test_a_session_without_its_broker_is_the_same_session() -> None:
    finished = typed("--mqtt", f"mqtt://127.0.0.1:{free_port()}/{TOPIC}")
    assert finished.returncode == 0
    assert "Session over: " in finished.stdout
    assert "The session goes on without it." in finished.stderr


# Addresses


@pytest.mark.parametrize(
    ("text", "kind", "address"),
    [
        ("mqtt://broker/coach", MQTT, Address(MQTT, "broker", 1883, "coach")),
        ("mqtts://me:se:cret@10.0.0.1:1/a/b", MQTT, Address(MQTTS, "10.0.0.1", 1, "a/b", "me", "se:cret")),
        ("mqtt://me@[::1]:1883/a", MQTT, Address(MQTT, "::1", 1883, "a", "me")),
        ("wyoming://pi.local:10300", WYOMING, Address(WYOMING, "pi.local", 10300)),
        ("wyoming://[fe80::1]:1/tiny", WYOMING, Address(WYOMING, "fe80::1", 1, "tiny")),
    ],
)
def test_an_address_is_read_and_told_without_its_password(text: str, kind: str, address: Address) -> None:
    assert parse(text, kind) == address
    assert address.password == "" or address.password not in f"{address} {address!r}"
    if not address.user:
        assert parse(str(address), kind) == address


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("pi.local:10300", WYOMING),
        ("wyoming://pi.local", WYOMING),
        ("wyoming://pi.local:0", WYOMING),
        ("wyoming://pi.local:65536", WYOMING),
        ("tcp://pi.local:1", WYOMING),
        ("wyoming://:1", WYOMING),
        ("mqtt://broker", MQTT),
        ("mqtt://broker/", MQTT),
        ("mqtt://broker/#", MQTT),
        ("mqtt://broker/a b", MQTT),
        ("http://broker/a", MQTT),
        ("", MQTT),
    ],
)
def test_what_is_no_address_is_one_sentence(text: str, kind: str) -> None:
    with pytest.raises(NetworkError) as raised:
        parse(text, kind)
    assert str(raised.value).startswith(repr(text))
    assert f"{kind}://host" in str(raised.value)


@given(st.from_regex(r"(mqtts?|wyoming)://[a-z:@/\[\]0-9.]*", fullmatch=True), st.sampled_from([MQTT, WYOMING]))
def test_any_text_is_an_address_that_reads_back_as_itself_or_one_sentence(text: str, kind: str) -> None:
    try:
        address = parse(text, kind)
    except NetworkError as error:
        assert str(error).startswith(repr(text))  # noqa: PT017 - which of the two it is, is what is tried
        return
    assert 0 < address.port < 65_536
    again = parse(str(address), kind)
    assert (again.host, again.port, again.name) == (address.host, address.port, address.name)


def test_the_command_line_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--text", "--mqtt", "mqtt://broker"]) == 1
    assert "names no topic" in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "package"), [(WYOMING, "wyoming"), (MQTT, "paho")])
def test_without_its_package_it_is_told_what_to_install(
    kind: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(kind)
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(NetworkError, match=rf"pip install .*\[{kind}\]'"):
        need(kind)


def test_without_mosquitto_the_tests_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_args, **_options: None)
    with pytest.raises(BrokerError, match="`make test` installs it"):
        Broker(tmp_path).start()


# Reasons


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)"), "Connection refused"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "Name or service not known"),
        (OSError("Multiple exceptions: ..."), "Multiple exceptions: ..."),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_a_reason_is_the_system_s_own_words(error: OSError, reason: str) -> None:
    assert reason_of(error) == reason
