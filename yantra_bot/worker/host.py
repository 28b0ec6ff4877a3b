"""The worker itself: owns a run's tree and does what control orders, one order at a time. The child's side.

It holds no key, has no environment and no network, and gives up its account before the first order. It is forked with
all that it will ever need: afterwards the product's own files may be out of reach. It talks to nobody but control.
"""

import hmac
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from yantra_bot.agent.syntax import Grammars, load_grammars
from yantra_bot.errors import Permanent
from yantra_bot.sandbox.mirror import Mirror, open_mirror
from yantra_bot.worker import protocol
from yantra_bot.worker.chart_desk import render_chart
from yantra_bot.worker.connection import Connection
from yantra_bot.worker.desk import Desk
from yantra_bot.worker.failures import describe_failure
from yantra_bot.worker.guide_link import GuideLink, start_guide
from yantra_bot.worker.manifest_desk import read_manifests
from yantra_bot.worker.privileges import CannotConfine, confine, tie_to_parent
from yantra_bot.worker.protocol import PAST_FOLDER, Answer, Blob, Closed, ProtocolError, Ready, Request, Start
from yantra_bot.worker.tasks import Check, InspectPast, Keep, LookAhead, Measure, ReadManifests, Review

_GRAPH_NICENESS = 10
"""A fresh graph can wait, a run cannot."""


def main(descriptor: int, parent: int) -> None:
    """Serve control on a connected socket until it ends. Called in a fork of the fork server, its parent."""
    connection = Connection(socket.socket(fileno=descriptor))
    try:
        tie_to_parent(parent)
        start = connection.receive()
        if not isinstance(start, Start):
            return
        grammars = load_grammars()
        if start.keeps_graph:
            os.nice(_GRAPH_NICENESS)
        places = open_mirror(start.mirror), None if start.past is None else open_mirror(start.past)
        mirror = Mirror(places[0], start.folder)
        past = None if places[1] is None else Mirror(places[1], start.folder / PAST_FOLDER)
        ranks = None if start.keeps_graph or start.reviews or not start.is_guided else start.config.ranks
        guide = None if ranks is None else start_guide(start, ranks, *places)
        has_left_network = confine(account=start.account, groups=start.groups, parent=parent)
    except (CannotConfine, ProtocolError, Permanent, OSError) as error:
        with suppress(OSError, ProtocolError):
            connection.send(describe_failure(0, error))
        return
    with suppress(BrokenPipeError, ConnectionResetError, ProtocolError):
        connection.send(Answer(0, Ready(has_left_network)))
        Host(connection, start, mirror, grammars, past=past, guide=guide).serve()


class Host:
    """Takes orders from a connection."""

    def __init__(
        self,
        connection: Connection,
        start: Start,
        mirror: Mirror,
        grammars: Grammars,
        *,
        past: Mirror | None = None,
        guide: GuideLink | None = None,
    ) -> None:
        self._connection = connection
        self._past = past
        self._start = start
        self._mirror = mirror
        self._desk = Desk(start, mirror, grammars, guide, past=past)
        self._guide = guide
        self._received: dict[str, bytes] = {}
        self._sent: set[str] = set()
        self._known_modules = frozenset(sys.modules)

    def serve(self) -> None:
        """Return when control closes; raise ProtocolError when it does not keep to the protocol."""
        while (message := self._connection.receive()) is not None:
            if isinstance(message, Blob):
                self._received[protocol.hash_blob(message.data)] = message.data
                continue
            if isinstance(message, Start) or not hmac.compare_digest(message.capability, self._start.capability):
                raise ProtocolError("The order does not belong to this run.")
            self._answer(message)
            if isinstance(message.task, protocol.Close):
                return

    def _answer(self, request: Request) -> None:
        try:
            value = self._do(request)
        except Exception as error:  # noqa: BLE001 (a bug is reported to control, which decides)
            self._connection.send(describe_failure(request.id, error))
            return
        try:
            self._connection.send(Answer(request.id, value))
        except ProtocolError as error:
            self._connection.send(describe_failure(request.id, error))

    def _do(self, request: Request) -> Any:
        task, desk = request.task, self._desk

        def say(line: str) -> None:
            self._connection.send_line(request.id, line)

        desk.say = say
        handlers: dict[type, Callable[[Any], Any]] = {
            protocol.Open: self._open,
            protocol.Prepare: lambda _: desk.prepare(),
            protocol.Call: self._call,
            protocol.Test: lambda order: (
                desk.test_base(order.base)
                if order.base
                else desk.test(order.selection, records=order.records, is_lenient=True)
            ),
            protocol.Diff: lambda _: desk.diff(),
            Measure: desk.measure,
            protocol.Outline: lambda order: desk.outline(order.limit),
            protocol.Assemble: self._assemble,
            Check: self._check,
            InspectPast: self._inspect_past,
            Keep: self._keep,
            ReadManifests: self._read_manifests,
            Review: self._review,
            protocol.Close: lambda _: self._close(),
        }
        return handlers[type(task)](task)

    def _open(self, order: protocol.Open) -> protocol.Opened:
        try:
            opened = self._desk.open(order.commit, order.changes, self._received.__getitem__)
        except KeyError as error:
            raise ProtocolError("A blob of the change was not sent.") from error
        finally:
            self._sent = set(self._received)
            self._received = {}
        if self._guide is not None:
            self._guide.look_ahead(LookAhead("context"), protocol.Open(order.commit, order.changes))
        return opened

    def _assemble(self, order: protocol.Assemble) -> Any:
        """Assemble a context; while the model reads it, the guide gets ready for its edits."""
        made = self._desk.assemble(order)
        if self._guide is not None:
            self._guide.look_ahead(LookAhead("edits"))
        return made

    def _close(self) -> Closed:
        late = sys.modules.keys() - self._known_modules
        return Closed(tuple(sorted(late | set(self._guide.close() if self._guide else ()))))

    def _keep(self, order: Keep) -> Any:
        if not self._start.keeps_graph:
            raise ProtocolError("This worker was not started for a graph.")
        from yantra_bot.worker.graph_desk import keep

        return keep(self._mirror, self._start.folder, order, self._past)

    def _review(self, order: Review) -> Any:
        if not self._start.reviews:
            raise ProtocolError("This worker was not started for a review.")
        from yantra_bot.worker.review_desk import review

        return review(self._mirror, self._start, order, self._desk, past=self._past)

    def _inspect_past(self, order: InspectPast) -> Any:
        if not self._start.reviews:
            raise ProtocolError("This worker was not started to look at the past.")
        from yantra_bot.worker.suspects.desk import inspect

        return inspect(self._mirror, self._start.folder, order)

    def _read_manifests(self, order: ReadManifests) -> Any:
        if not order.chart:
            return read_manifests(self._mirror, order)
        start = self._start
        return render_chart(self._mirror, order, self._desk.open_sandbox(), start.folder, start.config.checkout)

    def _check(self, order: Check) -> Any:
        """Make a check; what it kept travels before its answer."""

        def keep(data: bytes) -> str:
            self._connection.send(Blob(data))
            return protocol.hash_blob(data)

        return self._desk.check(order, keep)

    def _call(self, order: protocol.Call) -> Any:
        try:
            batch = self._desk.call(order.calls, order.checkpoints, self._received.__getitem__)
        finally:
            self._received = {}
        for change in batch.changes.files:
            if change.blob is not None and change.blob not in self._sent:
                self._connection.send(Blob(self._desk.content(change.blob)))
                self._sent.add(change.blob)
        return batch
