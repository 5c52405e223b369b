"""Opening data keys: the edge to key files, to gpg, and to the services that keep keys.

``material`` is what somebody gave, ``ring`` tries it; one module for each kind of master key.
What is opened is kept in memory for as long as a ring lives, and nowhere else.
"""

from trueup.keys.accounts import Accounts, ActingAccount
from trueup.keys.material import EMPTY, AwsKeys, KeyMaterial
from trueup.keys.ring import KeyRing

__all__ = ["EMPTY", "Accounts", "ActingAccount", "AwsKeys", "KeyMaterial", "KeyRing"]
