"""Deployments through their life: made live, rolled out, failing, scaled, rolled back."""

from __future__ import annotations

from tests.unit.controlplane.simulation.cluster import Cluster, condition
from tests.unit.controlplane.simulation.manifests import deployment
from trueup.objects import Manifest


def available(count: int, generation: int = 1) -> object:
    def test(obj: Manifest) -> bool:
        status = obj.get("status") or {}
        counts = [status.get(f"{kind}Replicas", 0) for kind in ("updated", "available")]
        whole = status.get("replicas", 0) == count
        return whole and counts == [count, count] and status["observedGeneration"] >= generation

    return test


async def test_a_deployment_becomes_available_with_its_pods_on_the_simulated_node(
    cluster: Cluster,
) -> None:
    await cluster.create(deployment(replicas=3))
    live = await cluster.until("Deployment", available(3))
    assert condition(live, "Progressing")["reason"] == "NewReplicaSetAvailable"
    pods = await cluster.list("Pod")
    assert {pod["spec"]["nodeName"] for pod in pods} == {"simulated-1"}


async def test_pods_say_that_they_are_simulated(cluster: Cluster) -> None:
    await cluster.create(deployment())
    await cluster.until("Deployment", available(1))
    (pod,) = await cluster.list("Pod")
    assert pod["metadata"]["annotations"]["trueup.dev/simulated"] == "true"
    said = await cluster.until("Event", lambda e: e["reason"] == "Simulated")
    assert "Nothing runs" in said["message"]


async def test_fields_are_owned_by_the_components_of_a_cluster(cluster: Cluster) -> None:
    await cluster.create(deployment())
    live = await cluster.until("Deployment", available(1))
    owners = [(m["manager"], m.get("subresource")) for m in live["metadata"]["managedFields"]]
    assert ("kube-controller-manager", "status") in owners
    (pod,) = await cluster.list("Pod")
    assert {m["manager"] for m in pod["metadata"]["managedFields"]} == {
        "kube-controller-manager",
        "kubelet",
    }


async def test_a_new_image_rolls_out_and_the_old_replica_set_stays_empty(cluster: Cluster) -> None:
    await cluster.create(deployment(replicas=2))
    await cluster.until("Deployment", available(2))
    await set_image(cluster, "app:2")
    await cluster.until("Deployment", available(2, generation=2))
    sizes = {
        r["spec"]["template"]["spec"]["containers"][0]["image"]: r["spec"]["replicas"]
        for r in await cluster.list("ReplicaSet")
    }
    assert sizes == {"app:1": 0, "app:2": 2}


async def test_going_back_to_an_old_template_takes_its_replica_set_again(cluster: Cluster) -> None:
    await cluster.create(deployment())
    await cluster.until("Deployment", available(1))
    await set_image(cluster, "app:2")
    await cluster.until("Deployment", available(1, generation=2))
    await set_image(cluster, "app:1")
    live = await cluster.until("Deployment", available(1, generation=3))
    assert live["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    assert len(await cluster.list("ReplicaSet")) == 2


async def test_a_crash_looping_rollout_leaves_the_old_pods_and_times_out(cluster: Cluster) -> None:
    await cluster.create(deployment(replicas=2, spec="progressDeadlineSeconds: 60"))
    await cluster.until("Deployment", available(2))
    await set_image(cluster, "app:2", {"trueup.dev/simulate": "CrashLoopBackOff"})
    await cluster.until("Pod", lambda p: waiting(p) == "CrashLoopBackOff")
    cluster.forward(62)
    live = await cluster.until(
        "Deployment", lambda d: condition(d, "Progressing").get("status") == "False"
    )
    assert condition(live, "Progressing")["reason"] == "ProgressDeadlineExceeded"
    assert live["status"]["availableReplicas"] == 2


async def test_an_image_that_is_missing_keeps_its_pod_pending(cluster: Cluster) -> None:
    annotations = "{trueup.dev/simulate: ImagePullBackOff}"
    await cluster.create(deployment(annotations=annotations))
    pod = await cluster.until("Pod", lambda p: waiting(p) == "ImagePullBackOff")
    assert pod["status"]["phase"] == "Pending"


async def test_a_delay_is_waited_for_by_the_clock(cluster: Cluster) -> None:
    await cluster.create(deployment(annotations="{trueup.dev/simulate-delay: 1h}"))
    await cluster.until("Pod", lambda p: waiting(p) == "ContainerCreating")
    cluster.forward(3601)
    await cluster.until("Deployment", available(1))


async def test_a_pod_recovers_when_the_annotation_goes(cluster: Cluster) -> None:
    await cluster.create(deployment(annotations="{trueup.dev/simulate: Unready}"))
    pod = await cluster.until("Pod", lambda p: condition(p, "Ready").get("status") == "False")
    gone = {"metadata": {"annotations": {"trueup.dev/simulate": None}}}
    await cluster.patch("Pod", pod["metadata"]["name"], gone)
    await cluster.until("Deployment", available(1))


async def test_recreate_lets_no_old_pod_run_beside_a_new_one(cluster: Cluster) -> None:
    await cluster.create(deployment(replicas=2, spec="strategy: {type: Recreate}"))
    await cluster.until("Deployment", available(2))
    await set_image(cluster, "app:2")
    await cluster.until("Deployment", lambda d: d["status"].get("replicas", 0) == 0)
    await cluster.until("Deployment", available(2, generation=2))


async def test_a_deleted_pod_is_made_again(cluster: Cluster) -> None:
    await cluster.create(deployment())
    await cluster.until("Deployment", available(1))
    (pod,) = await cluster.list("Pod")
    await cluster.delete("Pod", pod["metadata"]["name"])
    await cluster.until_gone("Pod", pod["metadata"]["name"])
    await cluster.until("Deployment", available(1))


async def test_a_paused_deployment_follows_its_size_but_not_its_template(cluster: Cluster) -> None:
    await cluster.create(deployment())
    await cluster.until("Deployment", available(1))
    await cluster.patch("Deployment", "web", {"spec": {"paused": True, "replicas": 2}})
    await set_image(cluster, "app:2")
    live = await cluster.until("Deployment", lambda d: d["status"].get("availableReplicas") == 2)
    assert condition(live, "Progressing")["reason"] == "DeploymentPaused"
    assert len(await cluster.list("ReplicaSet")) == 1


async def test_a_foreign_pod_is_run_and_otherwise_left_alone(cluster: Cluster) -> None:
    await cluster.create(
        """
apiVersion: v1
kind: Pod
metadata: {name: alone}
spec: {containers: [{name: app, image: "app:1"}]}
"""
    )
    await cluster.create(deployment())
    await cluster.until("Deployment", available(1))
    pod = await cluster.until("Pod", lambda p: p["status"]["phase"] == "Running", "alone")
    assert "ownerReferences" not in pod["metadata"]


async def test_an_orphan_that_the_selector_matches_is_adopted(cluster: Cluster) -> None:
    await cluster.create(
        """
apiVersion: v1
kind: Pod
metadata: {name: orphan, labels: {app: web}}
spec: {containers: [{name: app, image: "app:1"}]}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: "app:1"}]}
"""
    )
    pod = await cluster.until("Pod", lambda p: p["metadata"].get("ownerReferences"))
    assert pod["metadata"]["name"] == "orphan"


async def test_a_restart_goes_on_where_it_was(cluster: Cluster) -> None:
    await cluster.create(deployment(annotations="{trueup.dev/simulate-delay: 1h}"))
    await cluster.until("Pod", lambda p: waiting(p) == "ContainerCreating")
    await cluster.stop()
    cluster.start()
    cluster.forward(3601)
    await cluster.until("Deployment", available(1))


async def set_image(
    cluster: Cluster, image: str, annotations: dict[str, str] | None = None
) -> None:
    """Change the template as ``kubectl set image`` does."""
    live = await cluster.get("Deployment", "web")
    template = live["spec"]["template"]
    template["spec"]["containers"][0]["image"] = image
    if annotations:
        template["metadata"]["annotations"] = annotations
    await cluster.patch("Deployment", "web", {"spec": {"template": template}})


def waiting(pod: Manifest) -> str:
    """Why the pod's container does not run."""
    for status in (pod.get("status") or {}).get("containerStatuses") or ():
        return str((status["state"].get("waiting") or {}).get("reason", ""))
    return ""


async def test_deleting_a_deployment_takes_its_pods_along(cluster: Cluster) -> None:
    await cluster.create(deployment())
    await cluster.until("Deployment", available(1))
    (pod,) = await cluster.list("Pod")
    await cluster.delete("Deployment", "web")
    await cluster.until_gone("Pod", pod["metadata"]["name"])
    assert not await cluster.list("ReplicaSet")
