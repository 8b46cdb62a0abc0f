from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "chengxin.foundation.disclosure"
    label = "disclosure"

    def ready(self) -> None:
        """Count timeliness whenever a submission closes, and anew when policy changes; follow what is not on record."""
        from chengxin.foundation.catalogue.ports import register_effect
        from chengxin.foundation.collection.ports import (
            register_on_closing,
            register_on_deciding,
            register_on_erasing,
            register_on_leaving,
            register_on_reading,
        )
        from chengxin.foundation.disclosure.effects import TimelinessEffect
        from chengxin.foundation.disclosure.erased import ErasedOutstanding, forget_rejected_row
        from chengxin.foundation.disclosure.outstanding import track_decided_row, track_leaving_submission, track_read_submission
        from chengxin.foundation.disclosure.projections import STEPS
        from chengxin.foundation.disclosure.services import count_closed_submission
        from chengxin.ledger.ports import erased_contents, projections

        register_on_reading(track_read_submission)
        register_on_closing(count_closed_submission)
        register_on_leaving(track_leaving_submission)
        register_on_deciding(track_decided_row)
        register_on_erasing(forget_rejected_row)
        erased_contents.register("disclosure.outstanding", ErasedOutstanding())
        projections.register("disclosure.steps", STEPS)
        register_effect("timeliness", TimelinessEffect())
