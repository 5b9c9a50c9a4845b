"""The same plan on more than one machine: the workers of a dask.distributed cluster make the reports.

Only the build writes, by the same rules as on one machine; ``cluster_worker`` is what the others run.
"""

import contextlib
import logging
import socket
import traceback
import uuid
from collections.abc import Iterator, Mapping
from concurrent import futures
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kkb_eval import store
from kkb_eval.build import cluster_worker, minutes_plan, worker
from kkb_eval.build.cluster_worker import SEE, Common, Order, Reply
from kkb_eval.build.plan import Report
from kkb_eval.build.worker import Outcome
from kkb_eval.errors import KkbError
from kkb_eval.report.kinds import DATA_WORKBOOK

CONNECT = 10.0
"""Seconds to wait for the scheduler, and then for a first worker."""
WRITERS = 4
"""Reports written at once: the disk makes several files sure in the time that one takes."""
NO_WORKERS = 60.0
"""Seconds without any worker after which the reports that wait are given up."""


@contextlib.contextmanager
def cluster(address: str, out: Path, limit: float, kunci: Mapping[int, str]) -> Iterator[worker.Start]:
    """Starts each report on a worker of the cluster whose scheduler is at ``address``, ``limit`` seconds each.

    ``kunci`` are those of the stored years in ``out`` that the reports open (``Report.kunci``).
    All may be started at once: the scheduler keeps those that wait. A berita acara, which needs the dataset, is made
    here. KkbError where there is no scheduler or no worker, or where one of them does not have what the build has.
    """
    client = _connected(address)
    documents, writers = futures.ThreadPoolExecutor(1), futures.ThreadPoolExecutor(WRITERS)
    try:
        common = Common(cluster_worker.versions(), str(out), tuple(sorted(kunci.items())))
        _check(client, address, common)
        build = _Build(client, writers, address, common, limit)
        client.subscribe_topic(build.topik, build.began)
        yield (
            lambda report: (
                documents.submit(worker.make, report, None)
                if report.jenis == minutes_plan.KIND
                else build.start(report)
            )
        )
    finally:
        documents.shutdown(cancel_futures=True)
        writers.shutdown(cancel_futures=True)
        client.close()


class _Build:
    """The reports of a build that are under way, and what is known of them."""

    def __init__(self, client: Any, writers: futures.Executor, address: str, common: Common, limit: float) -> None:
        self.client, self.writers, self.address, self.common, self.limit = client, writers, address, common, limit
        self.topik = f"kkb-eval-{uuid.uuid4().hex}"
        self.begun: set[str] = set()

    def start(self, report: Report) -> futures.Future[Outcome]:
        answer: futures.Future[Outcome] = futures.Future()
        answer.set_running_or_notify_cancel()
        (report.out / report.kerja).unlink(missing_ok=True)
        folders = {k: str(store.place(v)) for k, v in report.parameter.items() if k in {"data", "out"}}
        sent = replace(report, parameter={**report.parameter, **folders})
        self._send(Order(sent, report.notebook.read_bytes(), self.common, self.limit), answer, ())
        return answer

    def began(self, event: tuple[float, str]) -> None:
        """A worker has told that it begins with a report."""
        self.begun.add(event[1])

    def _send(self, order: Order, answer: futures.Future[Outcome], lost: tuple[str, ...]) -> None:
        # the part before the hash is the same for all: so the scheduler keeps those that no worker can begin yet
        name = f"laporan-{uuid.uuid4().hex}"
        try:
            future = self.client.submit(cluster_worker.made, order, self.topik, name, key=name, retries=1)
            future.add_done_callback(lambda future: self.writers.submit(self._received, future, order, answer, lost))
        except Exception as error:  # the connection is lost
            answer.set_result(self._told(error))

    def _received(self, future: Any, order: Order, answer: futures.Future[Outcome], lost: tuple[str, ...]) -> None:
        """The files are here, or why not; a report whose worker died is sent once more."""
        from distributed import KilledWorker

        try:
            answer.set_result(written(order.report, future.result()))
        except KilledWorker as error:
            # one that only waited its turn there has no part in it
            lost += (error.last_worker.address,) if future.key in self.begun else ()
            if len(lost) < 2:
                self._send(order, answer, lost)
            else:
                galat = f"hilang bersama pekerjanya, dua kali ({', lalu '.join(lost)}); periksa log dan memori di sana"
                answer.set_result(Outcome(galat=galat))
        except BaseException as error:
            answer.set_result(self._told(error))
        finally:
            future.release()

    def _told(self, error: BaseException) -> Outcome:
        galat = f"{type(error).__name__}: {error}"
        if type(error).__name__ == "NoWorkerError":
            galat = f"tidak ada pekerja lagi di {self.address} selama {NO_WORKERS:g} detik; mulai pekerja dan ulangi"
        elif isinstance(error, futures.CancelledError) or self.client.status != "running":
            galat = f"sambungan ke penjadwal {self.address} putus; periksa penjadwal dan ulangi"
        return Outcome(galat=galat, jejak="".join(traceback.format_exception(error)))


def written(report: Report, reply: Reply) -> Outcome:
    """Write the files of a report; an RTL workbook that someone has filled in is kept, and named in the outcome."""
    from kkb_eval.documents.action_plan_book import is_filled

    terisi = []
    for name, content in reply.berkas:
        path = report.out / name
        if name in report.tambahan and path.name != DATA_WORKBOOK and is_filled(path):
            terisi.append(name)
            continue
        try:
            with store.atomic(path) as temporary:
                temporary.write_bytes(content)
        except OSError as error:
            return worker.failed(error)
    return replace(reply.outcome, terisi=tuple(terisi))


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
