"""Who may do what, on a clock of the test's own."""

from __future__ import annotations

from itertools import count

from livehost.show.signin import Person, SignIn

MINUTE = 60_000


def _signin() -> SignIn:
    numbers = count(1)
    return SignIn(lambda: f"secret-{next(numbers)}")


def test_an_invitation_is_good_once() -> None:
    signin = _signin()
    invitation = signin.invite("moderator", "Mo", 0)
    session = signin.accept(invitation, "10.0.0.2", 1000)
    assert session and signin.who(session, 2000) == Person("Mo", "moderator")
    assert signin.accept(invitation, "10.0.0.2", 2000) is None


def test_an_invitation_expires_and_so_does_a_session() -> None:
    signin = _signin()
    assert signin.accept(signin.invite("owner", "Anna", 0), "10.0.0.2", 15 * MINUTE) is None
    session = signin.accept(signin.invite("owner", "Anna", 0), "10.0.0.2", 14 * MINUTE)
    assert session and signin.who(session, 13 * 60 * MINUTE) is None


def test_a_signed_out_session_is_nobody() -> None:
    signin = _signin()
    session = signin.accept(signin.invite("owner", "Anna", 0), "10.0.0.2", 0)
    assert session
    signin.sign_out(session)
    assert signin.who(session, 1) is None and signin.who("", 1) is None


def test_guessing_is_slowed_for_that_address_alone() -> None:
    signin = _signin()
    for number in range(10):
        assert not signin.must_wait("10.0.0.9", number)
        signin.accept(f"guess-{number}", "10.0.0.9", number)
    assert signin.must_wait("10.0.0.9", 1000) and not signin.must_wait("10.0.0.2", 1000)
    assert not signin.must_wait("10.0.0.9", 2 * MINUTE)
