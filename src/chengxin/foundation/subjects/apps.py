from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "chengxin.foundation.subjects"
    label = "subjects"

    def ready(self) -> None:
        """Tell the ledger how subjects follow from it, and the reads which numbers are one subject's."""
        from chengxin.access.ports import same_subjects
        from chengxin.foundation.subjects.projections import register_projections
        from chengxin.foundation.subjects.queries import member_ids
        from chengxin.ledger.ports import projections

        register_projections(projections)
        same_subjects.register("subjects", member_ids)
