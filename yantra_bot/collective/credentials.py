"""An installation's anonymous credentials: drawn at one moment, used at another. Bytes and files; asks nobody.

A credential that is used right after it was drawn would tell whose it is by the time alone. So the next week's is drawn
at a moment of this week that the installation's secret decides, each rests for a day or so before its first use, and
nothing is sent in an exchange in which one is drawn.
"""

import hmac
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yantra_bot.collective import identity
from yantra_bot.collective.identity import WEEK_SECONDS, Blinded, Credential, SealKey
from yantra_bot.collective.outbox import read_secret
from yantra_bot.ports import Clock
from yantra_bot.scoring.whole import write_whole

LEAST_REST, MOST_REST = 12 * 3_600, 36 * 3_600
"""Seconds between the draw of a credential and its first use: a number between them, by chance."""
_FIRST_DAY, _LAST_DAY = 0.05, 0.85
"""Shares of a week between which the next week's is drawn: late enough to be of all, early enough to rest."""


class Credentials:
    """The files of an installation's credentials: this week's, the next one's, and what is asked for them."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock

    def due(self) -> list[int]:
        """Return the weeks whose credential is to be drawn now."""
        now = self._clock.now()
        week = identity.week_of(now)
        moments = {week: 0.0, week + 1: self._moment(week)}
        return [one for one, moment in moments.items() if now >= moment and not self._path("seal", one).exists()]

    def usable(self) -> Credential | None:
        """Return this week's credential; None before it has rested."""
        now = self._clock.now()
        week = identity.week_of(now)
        try:
            who, seal, rested = self._path("seal", week).read_text().split()
        except FileNotFoundError:
            return None
        return Credential(week, who, seal) if now >= float(rested) else None

    def key(self, week: int) -> Ed25519PrivateKey:
        """Return the key whose public half is a week's id."""
        return identity.key_of_week(read_secret(self._folder), week)

    def ask(self, public: SealKey) -> Blinded:
        """Return what the service is asked to seal; kept, so that a kill between asking and hearing costs no week."""
        path, who = self._path("blinding", public.week), identity.id_of(self.key(public.week))
        kept = path.read_text().split() if path.exists() else []
        if kept[:1] == [who]:
            return Blinded(int(kept[1], 16), int(kept[2], 16))
        blinded = identity.blind(public, who)
        write_whole(path, f"{who} {blinded.asked:x} {blinded.factor:x}".encode())
        return blinded

    def keep(self, public: SealKey, sealed: int) -> None:
        """Keep the credential that the service's answer makes; raise UserError where it makes none."""
        who = identity.id_of(self.key(public.week))
        seal = identity.unblind(public, self.ask(public), sealed, who)
        rested = self._clock.now() + LEAST_REST + secrets.randbelow(MOST_REST - LEAST_REST)
        write_whole(self._path("seal", public.week), f"{who} {seal:0{identity.SEAL_DIGITS}x} {rested!r}".encode())
        for path in self._folder.glob("*.[0-9]*"):
            name, _, week = path.name.partition(".")
            if name in ("seal", "blinding") and week.isdigit() and int(week) < public.week - 1:
                path.unlink(missing_ok=True)

    def room(self, week: int, most: int) -> int:
        """Return how many patterns may still be sent in a week."""
        path = self._path("sent", 0)
        kept = path.read_text().split() if path.exists() else []
        return max(0, most - int(kept[1])) if kept[:1] == [str(week)] else most

    def count(self, week: int, left: int, most: int) -> None:
        """Keep that so many are left of a week's share."""
        write_whole(self._path("sent", 0), f"{week} {most - left}".encode())

    def _moment(self, week: int) -> float:
        """Return when in a week the next one's credential is drawn."""
        drawn = hmac.digest(read_secret(self._folder), b"yantra collective draw %d" % week, "sha256")
        share = int.from_bytes(drawn[:8]) / 2**64
        return (week + _FIRST_DAY + (_LAST_DAY - _FIRST_DAY) * share) * WEEK_SECONDS

    def _path(self, name: str, week: int) -> Path:
        return self._folder / f"{name}.{week}"
