from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "chengxin.casework"
    label = "casework"

    def ready(self) -> None:
        """Tell the ledger how cases follow from entries, and forget with it what is erased."""
        from chengxin.casework.erased import ErasedSteps
        from chengxin.casework.projections import CASES, STEPS
        from chengxin.ledger.ports import erased_contents, projections

        projections.register("casework.steps", STEPS)  # before the cases, which leave out those with an erased step
        projections.register("casework.cases", CASES)
        erased_contents.register("casework.steps", ErasedSteps())
