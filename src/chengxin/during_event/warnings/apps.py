from django.apps import AppConfig


class WarningsConfig(AppConfig):
    name = "chengxin.during_event.warnings"
    label = "warnings"

    def ready(self) -> None:
        """Tell the ledger how runs and answers follow from entries."""
        from chengxin.during_event.warnings.projections import ANSWERS, RUNS
        from chengxin.ledger.ports import projections

        projections.register("warnings.runs", RUNS)
        projections.register("warnings.answers", ANSWERS)
