from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "chengxin.foundation.collection"
    label = "collection"

    def ready(self) -> None:
        """Say which rows nobody sees yet (ADR 0004), what closing does for the subjects, how submissions follow from the ledger."""
        from chengxin.access.ports import coverings
        from chengxin.foundation.collection.erased import ErasedRows
        from chengxin.foundation.collection.models import Submission
        from chengxin.foundation.collection.ports import register_on_closing
        from chengxin.foundation.collection.projections import QUARANTINED_ROWS, SUBMISSIONS
        from chengxin.foundation.collection.queries import submissions_about
        from chengxin.foundation.collection.registry_joining import join_closed_registry
        from chengxin.foundation.collection.states import SubmissionState
        from chengxin.foundation.collection.whole_erasing import WholeRecordErasure
        from chengxin.foundation.records import ports
        from chengxin.ledger.ports import erased_contents, projections, whole_records

        ports.register_open_submissions(lambda: Submission.objects.exclude(state=SubmissionState.CLOSED).values("id"))
        register_on_closing(join_closed_registry)
        erased_contents.register("collection.rows", ErasedRows())
        whole_records.register("collection", WholeRecordErasure())
        projections.register("collection.submissions", SUBMISSIONS)
        projections.register("collection.quarantined", QUARANTINED_ROWS)
        for kind in ("submission", "workbook"):
            coverings.register(kind, submissions_about)
