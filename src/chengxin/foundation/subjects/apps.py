from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "chengxin.foundation.subjects"
    label = "subjects"

    def ready(self) -> None:
        """Tell the ledger how subjects follow from it."""
        from chengxin.foundation.subjects.projections import register_projections
        from chengxin.ledger.ports import projections

        register_projections(projections)
