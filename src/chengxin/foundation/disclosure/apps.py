from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "chengxin.foundation.disclosure"
    label = "disclosure"

    def ready(self) -> None:
        """Count timeliness whenever a submission closes, and anew when policy changes."""
        from chengxin.foundation.catalogue.ports import register_effect
        from chengxin.foundation.collection.ports import register_on_closing
        from chengxin.foundation.disclosure.effects import TimelinessEffect
        from chengxin.foundation.disclosure.services import count_closed_submission

        register_on_closing(count_closed_submission)
        register_effect("timeliness", TimelinessEffect())
