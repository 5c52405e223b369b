"""What each verb means: create, read, list, watch, update, patch and delete, and subresources.

Works on plain objects and the store. How a request looks on the wire is ``http``'s business, and
who may make it is ``auth``'s; refusals leave here as ``trueup.errors.ApiError``.
"""
