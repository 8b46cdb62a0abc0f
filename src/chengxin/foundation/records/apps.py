from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "chengxin.foundation.records"
    label = "records"

    def ready(self) -> None:
        """Answer what the ledger, the subjects and the catalogue ask about records."""
        from chengxin.foundation.catalogue.ports import register_effect
        from chengxin.foundation.records import publicity
        from chengxin.foundation.records.erased import ErasedRecords
        from chengxin.foundation.records.projections import register_projections
        from chengxin.foundation.subjects.ports import shown_subjects
        from chengxin.ledger.ports import erased_contents, projections, public_contents

        erased_contents.register("records", ErasedRecords())
        public_contents.register("records", publicity.PublicRecordContents())
        shown_subjects.register("records", publicity.subjects_with_public_records)
        register_effect("records", publicity.StandingEffect())
        register_projections(projections)
