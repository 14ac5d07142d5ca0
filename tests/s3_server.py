"""An S3 server on this machine, and the environment in which everything finds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

import pytest


@contextmanager
def s3_server(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs while the block does, empty at first; skips the test where its packages are not installed."""
    server, fsspec = pytest.importorskip("moto.server"), pytest.importorskip("fsspec")
    moto = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    moto.start()
    host, port = moto.get_host_and_port()
    reset = Request(f"http://{host}:{port}/moto-api/reset", method="POST")  # all servers of a process share buckets
    urlopen(reset).close()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        patch.setenv(name, value)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    try:
        yield
    finally:
        fsspec.get_filesystem_class("s3").clear_instance_cache()
        moto.stop()
