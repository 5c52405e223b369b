"""Jobs and CronJobs: pods that come to an end, by the clock of the test."""

from __future__ import annotations

from tests.unit.controlplane.simulation.cluster import Cluster, condition
from tests.unit.controlplane.simulation.manifests import job
from trueup.objects import Manifest

FAIL = "{trueup.dev/simulate: Fail}"


def is_complete(obj: Manifest) -> bool:
    return condition(obj, "Complete").get("status") == "True"


def is_failed(obj: Manifest) -> bool:
    return condition(obj, "Failed").get("status") == "True"


async def test_a_job_completes_and_says_why(cluster: Cluster) -> None:
    await cluster.create(job(spec="completions: 3\n  parallelism: 2"))
    done = await cluster.until("Job", is_complete)
    assert done["status"]["succeeded"] == 3
    assert [c["type"] for c in done["status"]["conditions"]] == ["SuccessCriteriaMet", "Complete"]
    assert done["status"]["completionTime"]


async def test_finished_pods_lose_the_finalizer_that_kept_them(cluster: Cluster) -> None:
    await cluster.create(job())
    await cluster.until("Job", is_complete)
    await cluster.until("Pod", lambda p: "finalizers" not in p["metadata"])


async def test_a_job_whose_pods_fail_reaches_its_backoff_limit(cluster: Cluster) -> None:
    await cluster.create(job(spec="backoffLimit: 1", annotations=FAIL))
    await cluster.until("Job", lambda j: (j.get("status") or {}).get("failed") == 1)
    cluster.forward(11)
    failed = await cluster.until("Job", is_failed)
    assert condition(failed, "Failed")["reason"] == "BackoffLimitExceeded"
    assert failed["status"]["failed"] == 2


async def test_a_container_that_is_started_again_in_place_counts_too(cluster: Cluster) -> None:
    await cluster.create(job(spec="backoffLimit: 2", annotations=FAIL, restart="OnFailure"))
    await cluster.until("Pod", lambda p: p["status"].get("containerStatuses"))
    cluster.forward(40)
    failed = await cluster.until("Job", is_failed)
    assert condition(failed, "Failed")["reason"] == "BackoffLimitExceeded"


async def test_a_job_that_takes_too_long_is_stopped(cluster: Cluster) -> None:
    slow = '{trueup.dev/simulate-delay: "1h"}'
    await cluster.create(job(spec="activeDeadlineSeconds: 60", annotations=slow))
    await cluster.until("Pod", lambda p: p["status"].get("phase") == "Running")
    cluster.forward(61)
    failed = await cluster.until("Job", is_failed)
    assert condition(failed, "Failed")["reason"] == "DeadlineExceeded"
    assert not await cluster.list("Pod")


async def test_a_suspended_job_has_no_pods_until_it_is_resumed(cluster: Cluster) -> None:
    await cluster.create(job(spec="suspend: true"))
    await cluster.until("Job", lambda j: condition(j, "Suspended").get("status") == "True")
    assert not await cluster.list("Pod")
    await cluster.patch("Job", "work", {"spec": {"suspend": False}})
    done = await cluster.until("Job", is_complete)
    assert condition(done, "Suspended")["reason"] == "JobResumed"


async def test_a_finished_job_goes_when_its_time_is_over(cluster: Cluster) -> None:
    await cluster.create(job(spec="ttlSecondsAfterFinished: 60"))
    await cluster.until("Job", is_complete)
    cluster.forward(62)
    await cluster.until_gone("Job", "work")


async def test_an_indexed_job_runs_each_index_once(cluster: Cluster) -> None:
    await cluster.create(job(spec="completionMode: Indexed\n  completions: 3\n  parallelism: 3"))
    done = await cluster.until("Job", is_complete)
    assert done["status"]["completedIndexes"] == "0-2"
    assert done["status"]["succeeded"] == 3


async def test_a_cron_job_makes_a_job_when_the_clock_says_so(cluster: Cluster) -> None:
    await cluster.create(cron("0 * * * *"))
    cluster.forward(3600)
    made = await cluster.until("Job", is_complete)
    assert made["metadata"]["ownerReferences"][0]["name"] == "hourly"
    await cluster.until("CronJob", lambda c: c.get("status", {}).get("lastSuccessfulTime"))


async def test_of_many_missed_times_only_the_last_is_made_up_for(cluster: Cluster) -> None:
    await cluster.create(cron("0 * * * *"))
    cluster.forward(24 * 3600)
    await cluster.until("Job", is_complete)
    await cluster.until("CronJob", lambda c: c.get("status", {}).get("lastSuccessfulTime"))
    assert len(await cluster.list("Job")) == 1


async def test_a_suspended_cron_job_makes_nothing(cluster: Cluster) -> None:
    await cluster.create(cron("0 * * * *", "suspend: true"))
    await cluster.create(cron("0 * * * *").replace("hourly", "other"))
    cluster.forward(3600)
    made = await cluster.until("Job", is_complete)
    assert made["metadata"]["name"].startswith("other-")
    assert len(await cluster.list("Job")) == 1


async def test_forbid_lets_no_second_job_run_beside_the_first(cluster: Cluster) -> None:
    slow = 'metadata: {annotations: {trueup.dev/simulate-delay: "5h"}}'
    await cluster.create(cron("0 * * * *", "concurrencyPolicy: Forbid", slow))
    cluster.forward(3600)
    await cluster.until("Job", lambda j: (j.get("status") or {}).get("active") == 1)
    cluster.forward(3600)
    said = await cluster.until("Event", lambda e: e["reason"] == "JobAlreadyActive")
    assert said["involvedObject"]["name"] == "hourly"
    assert len(await cluster.list("Job")) == 1


async def test_old_jobs_beyond_the_history_are_deleted(cluster: Cluster) -> None:
    await cluster.create(cron("0 * * * *", "successfulJobsHistoryLimit: 1"))
    cluster.forward(3600)
    first = await cluster.until("Job", is_complete)
    cluster.forward(3600)
    await cluster.until_gone("Job", first["metadata"]["name"])


def cron(schedule: str, spec: str = "", template: str = "") -> str:
    return f"""
apiVersion: batch/v1
kind: CronJob
metadata: {{name: hourly}}
spec:
  schedule: "{schedule}"
  {spec}
  jobTemplate:
    {template}
    spec:
      template:
        spec: {{restartPolicy: Never, containers: [{{name: app, image: "job:1"}}]}}
"""
