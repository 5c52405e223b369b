"""From an artifact to what a delivery wants, with every reason why that cannot be had now."""

from __future__ import annotations

import logging

from trueup.controllers.deliveries.dependencies import DependencyNotReady, check_ready
from trueup.controllers.deliveries.render_cache import StillMaking
from trueup.controllers.deliveries.setback import Setback
from trueup.controllers.deliveries.world import World
from trueup.errors import CycleError, ExpressionError, TreeError, TrueupError, of_defect, place_of
from trueup.flow import Artifact, Delivery, Rendering
from trueup.objects import Manifest
from trueup.plan.mask import confidential_texts, is_secret, scrub_error
from trueup.report.report import Trouble

log = logging.getLogger(__name__)


async def render(world: World, delivery: Delivery, artifact: Artifact) -> Rendering:
    """What ``delivery`` wants; raises Setback, or StillMaking."""
    try:
        return await _render(world, delivery, artifact)
    except StillMaking:
        raise
    except TrueupError as error:
        raise Setback(Trouble.BUILD, str(error)) from error
    except Exception as error:
        log.error("rendering %s failed\n%s", delivery.ref, place_of(error))
        defect = of_defect(error, "rendering")
        raise Setback(Trouble.BUILD, str(defect)) from defect


def check_path(complaint: str, delivery: Delivery, artifact: Artifact) -> None:
    """Raises Setback with ``complaint``, in the dialect's words, if there is nothing to render."""
    path = delivery.path or "."
    try:
        found = artifact.tree.is_dir(path)
    except TreeError as error:
        raise Setback(Trouble.SOURCE, f"{complaint}: {error}") from error
    if not found:
        where = f"{artifact.source} at {artifact.revision}"
        raise Setback(Trouble.SOURCE, f"{complaint}: there is no directory {path} in {where}")


async def _render(world: World, delivery: Delivery, artifact: Artifact) -> Rendering:
    inputs = await world.inputs.read(delivery.ref, delivery.inputs)
    try:
        return await world.renderings.render(delivery, artifact.tree, inputs)
    except TrueupError as error:
        scrub_error(error, confidential_texts(filter(is_secret, inputs)))
        raise


def check_dependencies(
    world: World, resource: Manifest, delivery: Delivery, artifact: Artifact
) -> None:
    """Raises Setback if one that must be live before ``delivery`` is not."""
    if not delivery.depends_on:
        return
    try:
        world.dependencies.check_cycle(delivery.ref)
        check_ready(delivery, resource, artifact.revision, world.find_delivery)
    except DependencyNotReady as error:
        raise Setback(Trouble.DEPENDENCY, error.cause, waiting=True) from error
    except CycleError as error:
        raise Setback(Trouble.DEPENDENCY, error.cause) from error
    except ExpressionError as error:
        raise Setback(Trouble.EXPRESSION, str(error), stalled=True) from error
