"""The same plan on more than one machine: the workers of a dask.distributed cluster make the reports.

They share the folder of the results and write there themselves, by the same rules as on one machine;
``cluster_worker`` is what they run.
"""

import asyncio
import contextlib
import logging
import queue
import socket
import traceback
import uuid
from collections.abc import Generator, Iterator, Sequence
from concurrent import futures
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kkb_eval import store
from kkb_eval.build import cluster_worker, make, workers
from kkb_eval.build.cluster_worker import SEE, Common
from kkb_eval.build.make import Outcome
from kkb_eval.build.plan import Report
from kkb_eval.build.workers import Bounds
from kkb_eval.errors import KkbError

CONNECT = 10.0
"""Seconds to wait for the scheduler, and then for a first worker."""
NO_WORKERS = 60.0
"""Seconds without any worker after which the reports that wait are given up."""


def run(
    reports: Sequence[Report], address: str, out: Path, bounds: Bounds
) -> Generator[tuple[Report, Outcome], None, None]:
    """Make the reports on the cluster whose scheduler is at ``address`` and yield each with its outcome, as they end.

    A document, which needs the dataset, is made here. KkbError where there is no scheduler or no worker, or where
    one of them does not have what the build has.
    """
    client = _connected(address)
    try:
        keys = reports[0].kunci if reports else {}  # those of all
        common = Common(cluster_worker.versions(), str(out), tuple(sorted(keys.items())))
        _check(client, address, common)
        sent = _Sent(client, address, common, bounds)
        for report in reports:
            if report.notebook:
                sent.send(report, report.notebook)
        here = [report for report in reports if not report.notebook]
        for report, answer in workers.run(here, make.prepare, jobs=1, bounds=bounds):
            yield report, make.outcome(answer)
        yield from sent.outcomes()
    finally:
        client.close()


class _Sent:
    """The reports that a cluster has been given, all at once (its scheduler keeps those that wait), until they end."""

    def __init__(self, client: Any, address: str, common: Common, bounds: Bounds) -> None:
        self.client, self.address, self.common, self.bounds = client, address, common, bounds
        self.waiting: dict[str, tuple[Report, Path, tuple[str, ...]]] = {}
        self.ended: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.topic = f"kkb-eval-{uuid.uuid4().hex}"
        self.begun: set[str] = set()
        client.subscribe_topic(self.topic, lambda event: self.begun.add(event[1]))

    def send(self, report: Report, notebook: Path, lost: tuple[str, ...] = ()) -> None:
        """Give the cluster the report of a notebook, ``lost`` before with workers at these addresses."""
        # the part before the hash is the same for all: so the scheduler keeps those that no worker can begin yet
        name = f"laporan-{uuid.uuid4().hex}"
        self.waiting[name] = report, notebook, lost
        folders = {k: str(store.place(v)) for k, v in report.parameter.items() if k in {"data", "out"}}
        sent = replace(report, parameter={**report.parameter, **folders})
        order = (sent, notebook.read_bytes(), self.common, self.bounds, self.topic, name)
        try:
            future = self.client.submit(cluster_worker.made, *order, key=name)
            future.add_done_callback(lambda future: self.ended.put((name, future)))
        except Exception as error:  # the connection is lost
            broken: futures.Future[Outcome] = futures.Future()
            broken.set_exception(error)
            self.ended.put((name, broken))

    def outcomes(self) -> Iterator[tuple[Report, Outcome]]:
        """Yield each report with its outcome as it ends; one whose worker died is sent once more."""
        while self.waiting:
            name, future = workers.next_item(self.ended)
            report, notebook, lost = self.waiting.pop(name)
            if (outcome := self._outcome(name, future, report, notebook, lost)) is not None:
                yield report, outcome

    def _outcome(self, name: str, future: Any, report: Report, notebook: Path, lost: tuple[str, ...]) -> Outcome | None:
        """Return the outcome of a report that has ended; None for one that is sent once more."""
        from distributed import KilledWorker

        try:
            made: Outcome = future.result()
            return made
        except KilledWorker as error:
            # one that only waited its turn there has no part in it
            lost += (error.last_worker.address,) if name in self.begun else ()
            if len(lost) < 2:
                self.send(report, notebook, lost)
                return None
            galat = f"hilang bersama pekerjanya, dua kali ({', lalu '.join(lost)}); periksa log dan memori di sana"
            return Outcome(galat=galat)
        except (Exception, asyncio.CancelledError) as error:
            return self._told(error)

    def _told(self, error: BaseException) -> Outcome:
        """Say why a report has no outcome."""
        galat = f"{type(error).__name__}: {error}"
        if type(error).__name__ == "NoWorkerError":
            galat = f"tidak ada pekerja lagi di {self.address} selama {NO_WORKERS:g} detik; mulai pekerja dan ulangi"
        elif isinstance(error, futures.CancelledError | asyncio.CancelledError) or self.client.status != "running":
            galat = f"sambungan ke penjadwal {self.address} putus; periksa penjadwal dan ulangi"
        return Outcome(galat=galat, jejak="".join(traceback.format_exception(error)))


def _connected(address: str) -> Any:
    """A client of the scheduler, once a worker is there; the library's own log is silent, we tell its errors."""
    try:
        from distributed import Client
    except ImportError as error:
        hint = 'jalankan pip install -e ".[cluster]" di folder kkb_eval'
        raise KkbError(f"--scheduler {address}: paket distributed belum terpasang; {hint}") from error
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    connect: Any = Client
    try:
        # a client that cannot connect leaves a thread
        socket.create_connection(address_of(address), CONNECT).close()
        client = connect(address, timeout=CONNECT, set_as_default=False, direct_to_workers=False)
    except OSError as error:
        hint = "jalankan dask scheduler di mesin itu, atau periksa alamat dan portnya"
        raise KkbError(f"--scheduler {address}: penjadwal tidak menjawab; {hint}") from error
    try:
        client.wait_for_workers(1, timeout=CONNECT)
    except TimeoutError as error:
        client.close()
        hint = f"jalankan dask worker {address} di setiap mesin"
        raise KkbError(f"--scheduler {address}: belum ada pekerja setelah {CONNECT:g} detik; {hint}") from error
    return client


def address_of(address: str) -> tuple[str, int]:
    """The host and port of a scheduler; KkbError for what is no address."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(address)
        if parts.scheme in {"tcp", "tls"} and parts.hostname and parts.port:
            return parts.hostname, parts.port
    raise KkbError(f"--scheduler {address}: bukan alamat penjadwal; tulis seperti tcp://10.0.0.1:8786")


def _check(client: Any, address: str, common: Common) -> None:
    """Prepare the scheduler for this build; KkbError with all that it and the workers do not have in common with it."""
    try:
        told = {f"penjadwal {address}": client.run_on_scheduler(cluster_worker.prepare, common, NO_WORKERS)}
    except Exception as error:
        told = {f"penjadwal {address}": error}
    found = client.run(cluster_worker.unfit, common, on_error="return")
    told |= {f"pekerja {name}": answer for name, answer in sorted(found.items())}
    wrong = [
        f"{where}: kkb_eval tidak dapat dimuat ({answer}); {SEE}"
        if isinstance(answer, Exception)
        else f"{where}: {answer}"
        for where, answer in told.items()
        if answer
    ]
    if wrong:
        raise KkbError("\n".join(wrong))
