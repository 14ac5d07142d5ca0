"""Where work is done: the one place that names the teams there are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gristmill.engine.local import LocalTeam, Warm
from gristmill.engine.protocol import Team

EngineName = Literal["local", "ray"]


@dataclass(frozen=True, slots=True)
class Where:
    """An engine by name, and the address of its cluster; a cluster of this machine alone where there is none."""

    engine: EngineName = "local"
    address: str | None = None

    @property
    def one_machine(self) -> bool:
        """Whether all workers are on this machine, so that no file travels between them."""
        return self.address is None


HERE = Where()


def team(where: Where, workers: int | None, shared: Path, warm: Warm | None) -> Team:
    """Workers, `workers` at most. All of them see the folder `shared`. MissingExtra where ray is not installed."""
    if where.engine == "local":
        return LocalTeam(workers or os.cpu_count() or 1, warm=warm)
    from gristmill.engine.cluster import RayTeam

    return RayTeam(shared, workers=workers, address=where.address, warm=warm)
