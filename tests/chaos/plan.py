"""What will be done to the suite, and when: follows from the seed alone."""

import dataclasses
import random

SERVICES = ("auth", "chat0", "chat1", "notify", "admin")
GATEWAYS = ("gateway0", "gateway1", "gateway2")
LOSSY = "gateway2"  # loses bus frames all the time
DATABASE = "postgres"
TALKERS = tuple(f"p{n}" for n in range(12))
SLOW = TALKERS[:3]  # those that sometimes stop reading
HOUR = 3600

# kind → (how often in a deck, targets, seconds that it lasts)
KINDS = {
    "kill": (16, SERVICES + GATEWAYS, (0.0, 1.5)),
    "kill database": (3, (DATABASE,), (0.0, 1.0)),
    "kill all services": (1, ("all",), (0.0, 0.5)),
    "stop": (9, SERVICES + GATEWAYS, (0.2, 3.0)),
    "stop database": (2, (DATABASE,), (0.2, 3.0)),
    "restart": (8, SERVICES + GATEWAYS, (0.0, 0.3)),
    "restart database": (2, (DATABASE,), (0.0, 0.3)),
    "cut bus": (6, SERVICES, (0.0, 0.0)),
    "cut one bus connection": (5, SERVICES, (0.0, 0.0)),
    "hold bus": (4, SERVICES, (0.2, 3.0)),
    "drop clients": (4, GATEWAYS, (0.0, 0.0)),
    "slow reader": (3, SLOW, (4.0, 14.0)),
    "clock": (5, SERVICES + GATEWAYS, (2.0, 6.0)),
    "none": (2, ("nobody",), (0.0, 0.0)),  # what the other figures compare with
}
NEEDS_CLOCK = ("clock",)


@dataclasses.dataclass(frozen=True)
class Fault:
    at: float  # seconds since the start
    kind: str
    target: str
    seconds: float  # until it ends, or until what was killed is started again
    amount: int  # of "clock": seconds ahead (or behind); of the others: a number for what is random in it


def _amount(rng, kind, target):
    if kind != "clock":
        return rng.randrange(1 << 30)
    ahead = rng.randint(60, 6 * HOUR)
    # Tokens are good for a day from when they were made: to a gateway of yesterday they are not good yet.
    return ahead if target.startswith("gateway") or rng.random() < 0.5 else -ahead


class Deck:
    """Deals all of its cards before any comes again."""

    def __init__(self, rng, cards):
        self.rng, self.cards, self.left = rng, list(cards), []

    def deal(self):
        if not self.left:
            self.left = list(self.cards)
            self.rng.shuffle(self.left)
        return self.left.pop()


def make_plan(seed, seconds=None, pause=(0.7, 3.5), each_kind_once=False, most=60, without=()):
    """Faults for so many seconds, or each kind once. most: seconds that one lasts."""
    rng = random.Random(str(seed))
    often = {kind: 1 if each_kind_once else n for kind, (n, _, _) in KINDS.items() if kind not in without}
    kinds = Deck(rng, [kind for kind, n in often.items() for _ in range(n)])
    targets = {kind: Deck(rng, KINDS[kind][1]) for kind in often}
    faults, at = [], 0.0
    while True:
        at += rng.uniform(*pause)
        if len(faults) == len(often) if each_kind_once else at > seconds:
            return faults
        kind = kinds.deal()
        target = targets[kind].deal()
        faults.append(Fault(round(at, 3), kind, target, round(min(most, rng.uniform(*KINDS[kind][2])), 3), _amount(rng, kind, target)))
