"""Jobs, whose pods run to an end, and CronJobs, which make Jobs by the clock."""

from trueup.controlplane.simulation.jobs.controller import Jobs
from trueup.controlplane.simulation.jobs.cron import CronJobs

__all__ = ["CronJobs", "Jobs"]
