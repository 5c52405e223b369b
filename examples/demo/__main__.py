"""The demo: ``python -m examples.demo`` tells the story and ends; ``--stay`` leaves it running."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from examples.demo import story
from examples.demo.narrator import Narrator
from examples.demo.repository import Repository
from examples.demo.stage import NotTrueError, Stage
from trueup.errors import TrueupError
from trueup.testing.child import ChildError
from trueup.testing.up import Up

EXPECTED = (NotTrueError, ChildError, TrueupError, RuntimeError, OSError)
"""What can go wrong by itself; anything else is a mistake in the demo."""


def main() -> int:
    """Exit code 0 if every step came true, 1 if one did not, 130 if interrupted."""
    parser = argparse.ArgumentParser(prog="python -m examples.demo", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".demo"), help="where all of it goes")
    parser.add_argument("--stay", action="store_true", help="bring it live, and stay up")
    options = parser.parse_args()
    folder: Path = options.folder.absolute()
    if not options.stay:
        shutil.rmtree(folder, ignore_errors=True)
    stage = Stage(Up(folder), Repository(folder), Narrator())
    code = 0
    try:
        asyncio.run(_interruptible(_stay(stage) if options.stay else _tell(stage)))
    except* EXPECTED as errors:
        stage.narrator.fails(str(_first(errors)))
        code = 1
    except* asyncio.CancelledError:
        stage.narrator.does("\n   interrupted; everything is stopped")
        code = 0 if options.stay else 130
    return code


async def _tell(stage: Stage) -> None:
    await story.tell(stage)
    stage.narrator.ends("Every step came true")


async def _stay(stage: Stage) -> None:
    """Start, or go on with what is there from last time, until a signal ends it."""
    try:
        await story.start(stage)
        if stage.repository.work.exists():
            await story.bootstrap(stage)
            await stage.trueup("get")
        else:
            await story.prepare(stage)
            await story.bring_live(stage)
        stage.narrator.does(_usage(stage))
        await asyncio.Event().wait()
    finally:
        await stage.close()


def _usage(stage: Stage) -> str:
    trueup = Path(sys.executable).with_name("trueup")
    work = stage.repository.work
    return f"""
It stays up. In another terminal:

  export KUBECONFIG={stage.home.kubeconfig.absolute()}
  kubectl get gitrepositories,kustomizations -A
  kubectl -n shop-prod edit deployment shop     # then: {trueup} drift
  {trueup} tree shop-prod

Change a file in {work}, then

  git -C {work} commit -am 'My change' && git -C {work} push
  {trueup} reconcile ks/cluster --with-source

Ctrl-C stops it; the next time it goes on from here."""


async def _interruptible(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await task


def _first(errors: BaseExceptionGroup[Any]) -> BaseException:
    """Of errors that came together: what went wrong first, the rest waited for it."""
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


if __name__ == "__main__":
    sys.exit(main())
