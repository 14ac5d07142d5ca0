"""The process that knows Ray: an actor on every node leads a local team there, and is given jobs a turn at a time.

Ray's part is to find the nodes, to start one actor on each and to notice when it is gone. Workers are the actor's own,
forked from a warmed template: an actor hears how its worker died and over which record, a Ray task would not say.
Neither jobs' data nor their results pass through here; Ray's object store stays empty.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

import ray
from ray.exceptions import RayActorError, RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from gristmill.engine.local import Warm
from gristmill.engine.node import Given, Node, refuse_unlike
from gristmill.engine.protocol import Lost
from gristmill.errors import BuildError

_LOOK = 2.0  # seconds between looks for nodes that came
_CONNECT = 5.0  # seconds in which the address takes a connection
_TRIES = 3  # actors that a node may fail to start
_PATIENCE = 120.0  # seconds without any node to work on
_AHEAD = 1  # jobs that a node has in hand beside those at work, so that no worker waits for this process
_STORE = 100_000_000  # bytes of object store of a cluster of our own, where nothing is put


@dataclass(slots=True)
class _Host:
    actor: Any
    name: str
    workers: int
    asked: Any  # what it was asked and has not answered yet
    ready: bool = False
    tickets: set[int] = field(default_factory=set)

    @property
    def takes(self) -> bool:
        return self.ready and self.asked is None


class _Driver:
    """Deals jobs to the nodes, as many as they have workers, and tells what comes back."""

    def __init__(
        self,
        pipe: Connection,
        address: str | None,
        most: int | None,
        warm: Warm | None,
        mark: tuple[str, str],
        paths: list[str],
    ) -> None:
        self._pipe, self._address, self._most = pipe, address, most
        self._warm, self._mark, self._paths = warm, mark, paths
        self._hosts: dict[str, _Host] = {}
        self._waiting: deque[Given] = deque()
        self._answered: deque[str] = deque()
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self._failed: dict[str, int] = {}
        self._looked = 0.0
        self._had_nodes = time.monotonic()
        self._told = (0, 0)

    def serve(self) -> None:
        """Until the building process is gone."""
        while True:
            if time.monotonic() > self._looked + _LOOK:
                self._muster()
            self._deal()
            self._tell_room()
            for ready in wait([self._pipe, self._woken], timeout=_LOOK):
                if ready == self._woken:
                    os.read(self._woken, 4096)
                    while self._answered:
                        self._hear(self._answered.popleft())
                    continue
                try:
                    message = self._pipe.recv()
                except (EOFError, OSError):
                    return
                match message:
                    case ("job", *given):
                        self._waiting.append((given[0], given[1], given[2]))
                    case ("stop",):
                        self._stop()
                        self._pipe.send(("stopped",))
                    case ("peak",):
                        self._pipe.send(("peak", self._peak_mb()))

    def _muster(self) -> None:
        """An actor on every node that has none yet, so far as there may be more workers."""
        self._looked = time.monotonic()
        for node in ray.nodes():
            cores = int(node["Resources"].get("CPU", 0))
            left = cores if self._most is None else min(cores, self._most - self._workers())
            if node["Alive"] and left > 0 and node["NodeID"] not in self._hosts:
                self._hosts[node["NodeID"]] = self._host(node["NodeID"], node["NodeManagerAddress"], left)
                self._ask(node["NodeID"], self._hosts[node["NodeID"]].actor.about.remote(self._mark[0]))
        if self._workers(ready=True):
            self._had_nodes = time.monotonic()
        elif time.monotonic() > self._had_nodes + _PATIENCE:
            raise BuildError(
                f"the Ray cluster at {self._address or 'this machine'} had no node with free cores for {_PATIENCE:g} s;"
                " see `ray status`"
            )

    def _host(self, node: str, name: str, workers: int) -> _Host:
        actor = ray.remote(Node).options(
            num_cpus=workers,
            max_restarts=0,
            max_task_retries=0,
            scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False),
        )
        return _Host(actor.remote(workers, self._warm, self._paths), name, workers, None)

    def _workers(self, ready: bool = False) -> int:
        return sum(host.workers for host in self._hosts.values() if host.ready or not ready)

    def _ask(self, node: str, ref: Any) -> None:
        """Its answer wakes this process."""
        self._hosts[node].asked = ref

        def answered(_: object) -> None:
            self._answered.append(node)
            with contextlib.suppress(BlockingIOError):  # the pipe is full of such news already
                os.write(self._wake, b"!")

        ref.future().add_done_callback(answered)

    def _deal(self) -> None:
        """Jobs to the nodes with most room, first to rest no worker, then a few ahead; and every node its turn."""
        given: dict[str, list[Given]] = {node: [] for node, host in self._hosts.items() if host.takes}
        for ahead in (0, _AHEAD):
            while self._waiting and given:
                node = max(given, key=lambda node: self._free(node) - len(given[node]))
                if self._free(node) - len(given[node]) + ahead <= 0:
                    break
                given[node].append(self._waiting.popleft())
        for node, jobs in given.items():
            host = self._hosts[node]
            host.tickets |= {ticket for ticket, _, _ in jobs}
            if host.tickets:
                self._ask(node, host.actor.turn.remote(jobs))

    def _free(self, node: str) -> int:
        return self._hosts[node].workers - len(self._hosts[node].tickets)

    def _tell_room(self) -> None:
        workers = self._workers(ready=True)
        room = workers + _AHEAD * sum(host.ready for host in self._hosts.values())
        if (room, workers) != self._told:
            self._told = room, workers
            self._pipe.send(("room", room, workers))

    def _hear(self, node: str) -> None:
        host = self._hosts.get(node)
        if host is None or host.asked is None or not ray.wait([host.asked], timeout=0)[0]:
            return  # of an actor that was given up
        try:
            answer = ray.get(host.asked)
        except RayActorError as error:
            self._lost(node, error)
            return
        except RayError as error:
            raise BuildError(f"the node {host.name} could not go on: {_last_line(error)}") from error
        host.asked = None
        if not host.ready:
            refuse_unlike(host.name, self._mark, *answer)
            host.ready = True
            return
        for event in answer:
            host.tickets.discard(getattr(event, "ticket", 0))
            self._pipe.send(("event", event))

    def _lost(self, node: str, error: RayActorError) -> None:
        """Its jobs begin again elsewhere. A node that is still there gets another actor at the next look."""
        host = self._hosts.pop(node)
        with contextlib.suppress(RayError):
            ray.kill(host.actor)  # it may only be out of reach
        if not host.ready and any(one["Alive"] for one in ray.nodes() if one["NodeID"] == node):
            self._failed[node] = self._failed.get(node, 0) + 1
            if self._failed[node] == _TRIES:
                raise BuildError(f"no worker can be started on the node {host.name}: {_last_line(error)}")
        for ticket in sorted(host.tickets):
            self._pipe.send(("event", Lost(ticket, host.name)))

    def _stop(self) -> None:
        """Nobody wants what is at work any more; workers end with the actor that leads them."""
        self._waiting.clear()
        for node in [node for node, host in self._hosts.items() if host.tickets]:
            ray.kill(self._hosts.pop(node).actor)
        self._looked = 0.0
        self._told = (0, 0)

    def _peak_mb(self) -> float | None:
        found = self._of_all(lambda actor: actor.peak_mb.remote())
        known = [peak for peak in found if peak is not None]
        return sum(known) if known else None

    def close(self) -> None:
        """End the workers."""
        self._of_all(lambda actor: actor.close.remote())

    def _of_all(self, ask: Callable[[Any], Any]) -> list[Any]:
        """What those nodes say that rest and answer soon."""
        refs = [ask(host.actor) for host in self._hosts.values() if host.takes]
        answered, _ = ray.wait(refs, num_returns=len(refs), timeout=_CONNECT) if refs else ([], [])
        found = []
        for ref in answered:
            with contextlib.suppress(RayError):
                found.append(ray.get(ref))
        return found


def _connect(address: str | None, workers: int | None) -> None:
    """Join the cluster, or make one of this machine."""
    silent: dict[str, Any] = {"log_to_driver": False, "configure_logging": False}
    if address is None:
        ray.init("local", num_cpus=workers, object_store_memory=_STORE, include_dashboard=False, **silent)
        return
    host, _, port = address.rpartition(":")
    if "://" in address:
        raise BuildError(f"{address}: run the command on a node of the cluster, and give --address auto")
    if address != "auto":
        # Ray itself asks for two minutes and then ends the process.
        with socket.create_connection((host, int(port)), timeout=_CONNECT):
            pass
    ray.init(address, **silent)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _last_line(error: BaseException) -> str:
    return str(error).strip().rpartition("\n")[2] or type(error).__name__


def main(fd: int) -> None:
    """Serve the building process on a socket until it is gone."""
    logging.getLogger("ray").addHandler(logging.NullHandler())
    pipe = Connection(fd)
    _, address, most, warm, mark, paths = pipe.recv()
    try:
        try:
            _connect(address, most)
        except (OSError, ValueError, RuntimeError, RayError) as error:
            raise BuildError(
                f"no Ray cluster can be used at {address or 'this machine'}: {_first_line(error)};"
                " `ray start --head` begins one, and without --address one of this machine is made"
            ) from error
        pipe.send(("open",))
        driver = _Driver(pipe, address, most, warm, mark, paths)
        driver.serve()
        driver.close()
    except BuildError as error:
        pipe.send(("failed", str(error)))
    except BrokenPipeError:
        pass
    finally:
        ray.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]))
