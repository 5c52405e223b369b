"""The issuer of service account tokens describes itself, so that others can verify them.

https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery
"""

from __future__ import annotations

import orjson

from trueup.controlplane.auth.tokens import ISSUER, TokenSigner
from trueup.controlplane.http.message import Request, Response

CONFIGURATION = "/.well-known/openid-configuration"
KEYS = "/openid/v1/jwks"
KEY_SET = "application/jwk-set+json"
PATHS = (CONFIGURATION, KEYS)


def answer(request: Request, signer: TokenSigner) -> Response:
    if request.path == KEYS:
        headers = {"content-type": KEY_SET}
        return Response(200, headers, orjson.dumps(signer.key_set()))
    host = request.headers.get("host", "kubernetes.default.svc.cluster.local")
    document = {
        "issuer": ISSUER,
        "jwks_uri": f"https://{host}{KEYS}",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }
    return Response(200, {"content-type": "application/json"}, orjson.dumps(document))
