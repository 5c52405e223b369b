"""StatefulSets and DaemonSets: pods with a place of their own."""

from __future__ import annotations

from tests.unit.controlplane.simulation.cluster import Cluster
from tests.unit.controlplane.simulation.manifests import stateful_set
from trueup.objects import Manifest

CLAIMS = """volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}"""

DAEMON_SET = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: app, image: "agent:1"}]}
"""


def ready(count: int) -> object:
    return lambda obj: (obj.get("status") or {}).get("readyReplicas", 0) == count


def settled(obj: Manifest) -> bool:
    status = obj.get("status") or {}
    counts = [status.get(f"{kind}Replicas") for kind in ("updated", "current", "ready")]
    same = status.get("currentRevision") == status.get("updateRevision")
    return same and counts == [obj["spec"]["replicas"]] * 3


async def test_pods_of_a_stateful_set_come_one_after_the_other(cluster: Cluster) -> None:
    await cluster.create(stateful_set(replicas=3))
    await cluster.until("StatefulSet", settled)
    pods = sorted(await cluster.list("Pod"), key=lambda p: int(p["metadata"]["resourceVersion"]))
    assert [pod["metadata"]["name"] for pod in pods] == ["db-0", "db-1", "db-2"]


async def test_the_second_pod_waits_while_the_first_is_not_ready(cluster: Cluster) -> None:
    text = stateful_set().replace("{labels: {app: db}}\n    spec", WAITING)
    await cluster.create(text)
    await cluster.until("Pod", lambda p: p["status"].get("containerStatuses"), "db-0")
    assert len(await cluster.list("Pod")) == 1
    cluster.forward(3601)
    await cluster.until("Pod", lambda p: p["status"].get("containerStatuses"), "db-1")


async def test_each_pod_gets_a_bound_claim_that_outlives_it(cluster: Cluster) -> None:
    await cluster.create(stateful_set(spec=CLAIMS))
    await cluster.until("StatefulSet", settled)
    await cluster.patch("StatefulSet", "db", {"spec": {"replicas": 0}})
    await cluster.until("StatefulSet", lambda s: s["status"].get("replicas", 0) == 0)
    claims = await cluster.list("PersistentVolumeClaim")
    assert {(c["metadata"]["name"], c["status"]["phase"]) for c in claims} == {
        ("data-db-0", "Bound"),
        ("data-db-1", "Bound"),
    }


async def test_an_update_stops_at_the_partition(cluster: Cluster) -> None:
    rolling = "updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}}"
    await cluster.create(stateful_set(spec=rolling))
    await cluster.until("StatefulSet", settled)
    await set_image(cluster)
    await cluster.until("StatefulSet", lambda s: updated(s) == 1 and ready(2)(s))
    images = {p["metadata"]["name"]: image(p) for p in await cluster.list("Pod")}
    assert images == {"db-0": "db:1", "db-1": "db:2"}


async def test_an_update_makes_the_new_revision_the_current_one(cluster: Cluster) -> None:
    await cluster.create(stateful_set())
    first = (await cluster.until("StatefulSet", settled))["status"]["currentRevision"]
    await set_image(cluster)
    await cluster.until(
        "StatefulSet", lambda s: settled(s) and s["status"]["currentRevision"] != first
    )
    assert {image(pod) for pod in await cluster.list("Pod")} == {"db:2"}


async def test_parallel_pods_do_not_wait_for_each_other(cluster: Cluster) -> None:
    text = stateful_set(spec="podManagementPolicy: Parallel")
    await cluster.create(text.replace("{labels: {app: db}}\n    spec", WAITING))
    await cluster.until("StatefulSet", lambda s: s["status"].get("replicas") == 2)
    assert len(await cluster.list("Pod")) == 2


async def test_a_daemon_set_has_a_pod_on_each_node(cluster: Cluster) -> None:
    await cluster.create(DAEMON_SET)
    live = await cluster.until("DaemonSet", lambda d: d["status"].get("numberAvailable") == 1)
    assert live["status"]["desiredNumberScheduled"] == 1
    (pod,) = await cluster.list("Pod")
    assert pod["spec"]["nodeName"] == "simulated-1"


async def test_a_daemon_set_renews_its_pods(cluster: Cluster) -> None:
    await cluster.create(DAEMON_SET)
    await cluster.until("DaemonSet", lambda d: d["status"].get("numberAvailable") == 1)
    template = (await cluster.get("DaemonSet", "agent"))["spec"]["template"]
    template["spec"]["containers"][0]["image"] = "agent:2"
    await cluster.patch("DaemonSet", "agent", {"spec": {"template": template}})
    await cluster.until(
        "Pod", lambda p: image(p) == "agent:2" and p["status"]["phase"] == "Running"
    )
    await cluster.until("DaemonSet", lambda d: d["status"].get("updatedNumberScheduled") == 1)


WAITING = '{labels: {app: db}, annotations: {trueup.dev/simulate-delay: "1h"}}\n    spec'


async def set_image(cluster: Cluster) -> None:
    template = (await cluster.get("StatefulSet", "db"))["spec"]["template"]
    template["spec"]["containers"][0]["image"] = "db:2"
    await cluster.patch("StatefulSet", "db", {"spec": {"template": template}})


def updated(obj: Manifest) -> int:
    return int((obj.get("status") or {}).get("updatedReplicas", 0))


def image(pod: Manifest) -> str:
    return str(pod["spec"]["containers"][0]["image"])
