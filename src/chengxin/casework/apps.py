from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "chengxin.casework"
    label = "casework"

    def ready(self) -> None:
        """Tell the ledger how cases follow from entries."""
        from chengxin.casework.projections import CASES, STEPS
        from chengxin.ledger.ports import projections

        projections.register("casework.cases", CASES)
        projections.register("casework.steps", STEPS)
