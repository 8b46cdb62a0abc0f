from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "chengxin.casework"
    label = "casework"

    def ready(self) -> None:
        """Tell the ledger how cases follow from entries, and forget with it what is erased."""
        from chengxin.casework.erased import ErasedSteps
        from chengxin.casework.projections import CASES, DOCUMENTS, STEPS
        from chengxin.ledger.ports import erased_contents, projections

        projections.register("casework.steps", STEPS)  # before the cases, which leave out those with an erased step
        projections.register("casework.cases", CASES)
        projections.register("casework.documents", DOCUMENTS)
        erased_contents.register("casework.steps", ErasedSteps())
