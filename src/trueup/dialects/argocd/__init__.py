"""Argo CD's words, as far as Trueup has to know what Argo CD keeps true."""
