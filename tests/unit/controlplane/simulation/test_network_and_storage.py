"""Services, Ingresses, claims and budgets: what depends on pods, or is depended on."""

from __future__ import annotations

from tests.unit.controlplane.simulation.cluster import Cluster, condition
from tests.unit.controlplane.simulation.manifests import deployment
from trueup.objects import Manifest

SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
"""
INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {trueup.dev/simulate-delay: "1h"}}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
"""
CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 5Gi}}}
"""
POD_WITH_CLAIM = """
apiVersion: v1
kind: Pod
metadata: {name: user}
spec:
  containers: [{name: app, image: "app:1"}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
"""
BUDGET = """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
"""


def ingress_of(obj: Manifest) -> list[Manifest]:
    return ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []


async def test_ready_pods_are_the_endpoints_of_their_service(cluster: Cluster) -> None:
    await cluster.create(SERVICE)
    await cluster.create(deployment(replicas=2))
    found = await cluster.until(
        "EndpointSlice",
        lambda s: [e["conditions"]["ready"] for e in s["endpoints"] or ()] == [True, True],
    )
    assert found["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]
    older = await cluster.until("Endpoints", lambda e: e.get("subsets"), "web")
    assert len(older["subsets"][0]["addresses"]) == 2


async def test_a_pod_that_is_not_ready_gets_no_traffic(cluster: Cluster) -> None:
    await cluster.create(SERVICE)
    await cluster.create(deployment(annotations="{trueup.dev/simulate: Unready}"))
    older = await cluster.until("Endpoints", lambda e: e.get("subsets"), "web")
    assert "addresses" not in older["subsets"][0]


async def test_a_load_balancer_gets_an_address(cluster: Cluster) -> None:
    await cluster.create(SERVICE)
    live = await cluster.until("Service", ingress_of, "web")
    assert ingress_of(live)[0]["ip"].startswith("198.1")


async def test_an_ingress_gets_its_address_after_the_delay(cluster: Cluster) -> None:
    await cluster.create(INGRESS)
    await cluster.create(SERVICE)
    await cluster.until("Service", ingress_of, "web")
    assert not ingress_of(await cluster.get("Ingress", "web"))
    cluster.forward(3601)
    await cluster.until("Ingress", ingress_of)


async def test_a_claim_is_bound_to_a_new_volume_of_the_default_class(cluster: Cluster) -> None:
    await cluster.create(CLAIM)
    live = await cluster.until("PersistentVolumeClaim", lambda c: c["status"]["phase"] == "Bound")
    assert live["spec"]["storageClassName"] == "simulated"
    assert live["status"]["capacity"] == {"storage": "5Gi"}
    await cluster.until("PersistentVolume", lambda v: v["status"]["phase"] == "Bound")


async def test_the_volume_goes_with_its_claim(cluster: Cluster) -> None:
    await cluster.create(CLAIM)
    live = await cluster.until("PersistentVolumeClaim", lambda c: c["status"]["phase"] == "Bound")
    await cluster.delete("PersistentVolumeClaim", "data")
    await cluster.until_gone("PersistentVolume", live["spec"]["volumeName"])


async def test_a_pod_waits_for_its_claim(cluster: Cluster) -> None:
    await cluster.create(POD_WITH_CLAIM)
    pod = await cluster.until("Pod", lambda p: condition(p, "PodScheduled"))
    assert '"data" not found' in condition(pod, "PodScheduled")["message"]
    await cluster.create(CLAIM)
    await cluster.until("Pod", lambda p: p["status"]["phase"] == "Running")


async def test_a_budget_says_what_may_be_evicted(cluster: Cluster) -> None:
    await cluster.create(BUDGET)
    await cluster.create(deployment(replicas=3))
    await cluster.until(
        "PodDisruptionBudget", lambda b: b.get("status", {}).get("disruptionsAllowed") == 2
    )


async def test_the_node_is_ready_and_labelled_for_what_it_is(cluster: Cluster) -> None:
    node = await cluster.until("Node", lambda n: condition(n, "Ready").get("status") == "True")
    assert node["metadata"]["name"] == "simulated-1"
    assert node["metadata"]["labels"]["trueup.dev/simulated"] == "true"
